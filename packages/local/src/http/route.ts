import type { GraphApi } from "@appointments/graph/graph";

/** Its key is `$default`, or `METHOD /path` where a segment may be `{name}` and the last one `{name+}`. */
export type Route = GraphApi["routes"][number];

export interface RouteMatch {
  route: Route;
  /** Decoded values of the path variables; absent when the route has none. */
  pathParameters?: Record<string, string>;
}

interface Candidate extends RouteMatch {
  /** The higher the better, compared place by place. */
  rank: number[];
}

/**
 * Chooses the route of a request as API Gateway does: a full match first, then a greedy variable (`{proxy+}`), then
 * `$default`. Among full matches fixed segments win over variables, and a named method over `ANY`.
 *
 * @param path - as sent, still percent-encoded, without the query
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function matchRoute(routes: Route[], method: string, path: string): RouteMatch | undefined {
  const candidates = routes.flatMap((route) => candidate(route, method, path) ?? []);
  const [best] = candidates.sort((a, b) => compare(b.rank, a.rank));
  if (best === undefined) return undefined;
  const { route, pathParameters } = best;
  return pathParameters === undefined ? { route } : { route, pathParameters };
}

function candidate(route: Route, method: string, path: string): Candidate | undefined {
  if (route.routeKey === "$default") return { route, rank: [0] };
  const [routeMethod = "", routePath = ""] = route.routeKey.split(" ");
  if (routeMethod !== "ANY" && routeMethod !== method) return undefined;
  const wanted = routePath.split("/");
  const given = path.split("/");
  const parameters: Record<string, string> = {};
  const segments: number[] = [];
  for (const [index, segment] of wanted.entries()) {
    const variable = /^\{([^+}]+)(\+?)\}$/.exec(segment);
    const value = variable?.[2] === "+" ? given.slice(index).join("/") : given[index];
    if (value === undefined || (variable === null ? value !== segment : value === "")) return undefined;
    if (variable?.[1] !== undefined) parameters[variable[1]] = decode(value);
    segments.push(variable === null ? 2 : 1);
    if (variable?.[2] === "+") segments[segments.length - 1] = 0;
  }
  const greedy = segments.at(-1) === 0;
  if (!greedy && given.length !== wanted.length) return undefined;
  const rank = [greedy ? 1 : 2, ...segments, routeMethod === "ANY" ? 0 : 1];
  return Object.keys(parameters).length === 0 ? { route, rank } : { route, rank, pathParameters: parameters };
}

function compare(a: number[], b: number[]): number {
  for (let place = 0; place < Math.max(a.length, b.length); place++) {
    const difference = (a[place] ?? -1) - (b[place] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Percent-decodes; what cannot be decoded stays as it is. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
