import type { Context, APIGatewayProxyEventV2 as Event } from "aws-lambda";

/** What an app is given beside the request. */
export interface Bindings {
  requestContext: Event["requestContext"];
  /** Milliseconds that are left to the function. */
  remaining?: (() => number) | undefined;
}

interface App {
  fetch(request: Request, bindings: Bindings): Response | Promise<Response>;
}

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  isBase64Encoded: false;
}

/**
 * The function of an app behind API Gateway's HTTP API, payload format 2.0.
 *
 * Not hono's adapter, because that one drops empty headers, escapes what is not ASCII in the others, builds its URL from
 * the Host header and a decoded path, so that either can lead to another route, and logs the URL when it is none.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function handlerOf(
  app: App,
): (event: Event, context?: Pick<Context, "getRemainingTimeInMillis">) => Promise<Answer> {
  return async (event, context) => {
    const { requestContext } = event;
    const response = await app.fetch(requestOf(event), {
      requestContext,
      ...(context && { remaining: () => context.getRemainingTimeInMillis() }),
    });
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
      isBase64Encoded: false,
    };
  };
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

function requestOf({ rawPath, rawQueryString, headers, body, isBase64Encoded, requestContext }: Event) {
  // A HEAD is answered as a GET: API Gateway leaves the body out and says how long it is.
  const asked = requestContext.http.method === "HEAD" ? "GET" : requestContext.http.method;
  // A Request refuses TRACE and its like; to the app every method that it does not know is the same.
  const method = methods.includes(asked) ? asked : "OTHER";
  // A raw # would begin a fragment, which no server sees.
  const query = rawQueryString === "" ? "" : `?${rawQueryString.replaceAll("#", "%23")}`;
  const sent = method === "GET" || !body ? undefined : Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  return new Request(`http://api${urlPath(rawPath)}${query}`, {
    method,
    headers: headersOf(headers),
    ...(sent && { body: sent }),
  });
}

/** Control characters, what a URL reads as syntax, and segments that would climb: no path of an API has them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const odd = /[\x00-\x1f\x7f-\x9f?#%\\]|(?:^|\/)\.{1,2}(?:\/|$)/;

/** The path for a URL; `/`, where nothing is, for one that no client means. `rawPath` is decoded, whatever its name says. */
function urlPath(rawPath: string): string {
  if (!rawPath.startsWith("/") || odd.test(rawPath) || !rawPath.isWellFormed()) return "/";
  return rawPath.split("/").map(encodeURIComponent).join("/");
}

/** Headers with empty ones kept. What HTTP does not allow in a value becomes ÿ, which is not ASCII either. */
function headersOf(given: Record<string, string | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value = ""] of Object.entries(given)) {
    headers.set(name, value.replace(/[^\t\x20-\x7e\x80-\xff]/g, "\u00ff"));
  }
  return headers;
}
