import type { Graph } from "../graph.ts";

/**
 * How to say which resource an ARN means: by its name in sst.config.ts.
 *
 * @returns a function that gives the name, with what stands behind it (`Table/index/byDate`), or the ARN itself
 */
export function namesOf(graph: Graph): (arn: string) => string {
  const known = [...graph.functions, ...graph.tables, ...graph.queues, ...graph.topics, ...graph.buses].map(
    ({ arn, name }) => ({ arn, name }),
  );
  return (arn) => {
    const exact = known.find((item) => item.arn === arn);
    if (exact) return exact.name;
    const within = known.find((item) => arn.startsWith(`${item.arn}/`) || arn.startsWith(`${item.arn}:`));
    return within ? within.name + arn.slice(within.arn.length) : arn;
  };
}

/** The bus that a rule is on; EventBridge's own when the app does not make it. */
export function busOf(graph: Graph, busName: string): string {
  return graph.buses.find((bus) => bus.busName === busName)?.name ?? busName;
}

/** Name of the database behind a link's URL, if the app makes it. */
export function databaseOf(graph: Graph, link: string): string | undefined {
  const url = graph.links[link]?.url;
  if (typeof url !== "string" || !URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return graph.databases.find(({ hosts }) => hosts.includes(hostname))?.name;
}
