import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { GraphApi } from "@appointments/graph/graph";
import type { Invoke } from "../lambda/invoke.ts";
import { newRequestId, toEvent } from "./event.ts";
import { authorize, type FindKey, issuerKeys, type JwtContext } from "./jwt.ts";
import { isAddressed, refuseInJson } from "./refusal.ts";
import {
  type Cors,
  gatewayResponse,
  type HttpResponse,
  isPreflight,
  preflight,
  toResponse,
  withCors,
} from "./response.ts";
import { matchRoute } from "./route.ts";

/** API Gateway's limits: body in bytes, request line and headers in bytes, a function's time. */
const maxBodyBytes = 10 * 1024 * 1024;
const maxHeaderBytes = 10_240;
const integrationTimeoutMs = 30_000;

export interface AccessLog {
  /** `?` of what could not be read as a request. */
  method: string;
  path: string;
  routeKey?: string;
  status: number;
  durationMs: number;
  /** The API's own id of the request, as in `apigw-requestid`. */
  requestId: string;
}

/** A request and what was answered to it, as it went over the wire. */
export interface Answered {
  method: string;
  /** As sent, without the query. */
  path: string;
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Buffer;
}

export interface ApiOptions {
  api: GraphApi;
  invoke: (functionArn: string) => Invoke;
  /** 0 for any free port. */
  port: number;
  host?: string;
  log?: (line: AccessLog) => void;
  /** Sees every answer to what could be read as a request. */
  onAnswer?: (answered: Answered) => void;
  /** What every caller of a route with an authorizer is taken to have shown: nobody is asked for a token. */
  anybody?: JwtContext;
  /** Milliseconds an answer may take; API Gateway's 30,000 by default. Raise it to debug. */
  timeoutMs?: number;
}

export interface Api {
  url: string;
  /** Takes no more requests, lets those that run finish (at most `graceMs`, default 5,000), then closes. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts an API Gateway HTTP API on this machine: routes, payload format 2.0, limits, CORS and errors are AWS's.
 *
 * @throws Error with `code` `EADDRINUSE` when the port is taken; its message says how to choose another. Error for a
 * route with an authorizer that is not served here: leaving it out would let everybody in
 */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { api, host = "127.0.0.1", port } = options;
  for (const { routeKey, authorizer } of api.routes) {
    if (authorizer === undefined || authorizer.type === "JWT") continue;
    throw new Error(
      `Route ${routeKey} of ${api.name} has an authorizer of type ${authorizer.type}; only JWT runs here.`,
    );
  }
  const findKey = issuerKeys();
  // Without `requireHostHeader` a missing Host is refused here and not by Node, in the same words as a wrong one.
  const limits = { maxHeaderSize: maxHeaderBytes, keepAliveTimeout: 60_000, requireHostHeader: false };
  const server = createServer(limits, (request, response) => {
    // A connection that is kept alive would hold up `stop`.
    response.on("finish", () => server.listening || setImmediate(() => server.closeIdleConnections()));
    void serve(options, request, response, (served) => respond(options, findKey, served));
  });
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    void serve(options, request, response, async () => gatewayResponse(417, "Expectation Failed"));
  });
  refuseInJson(server, (status, requestId) => {
    options.log?.({ method: "?", path: "", status, durationMs: 0, requestId });
  });
  await listen(server, port, host);
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    stop: (graceMs = 5_000) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      const message = `Port ${port} is taken by another program. Choose another with --port NUMBER or PORT=NUMBER.`;
      reject(Object.assign(new Error(message, { cause: error }), { code: "EADDRINUSE" }));
    });
    server.listen(port, host, resolve);
  });
}

/** One request on its way to its answer. */
interface Served {
  request: IncomingMessage;
  method: string;
  path: string;
  query: string;
  requestId: string;
  /** Once it is known. */
  routeKey?: string;
}

async function serve(
  options: ApiOptions,
  request: IncomingMessage,
  response: ServerResponse,
  answerTo: (served: Served) => Promise<HttpResponse>,
): Promise<void> {
  const started = performance.now();
  const method = request.method ?? "GET";
  const [path = "/", query = ""] = splitOnce(request.url ?? "/", "?");
  const served: Served = { request, method, path, query, requestId: newRequestId() };
  let answer: HttpResponse;
  try {
    answer = isAddressed(request) ? await answerTo(served) : gatewayResponse(400, "Bad Request");
  } catch {
    // The client went away while it sent its body: nobody is left to answer.
    response.destroy();
    return;
  }
  const { requestId, routeKey } = served;
  send(request, response, answer, requestId);
  const headers = Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
  options.onAnswer?.({
    ...{ method, path, status: response.statusCode },
    headers: Object.fromEntries(headers),
    body: answer.body,
  });
  options.log?.({
    method,
    path,
    ...(routeKey !== undefined && { routeKey }),
    status: answer.status,
    durationMs: performance.now() - started,
    requestId,
  });
}

async function respond(options: ApiOptions, findKey: FindKey, served: Served): Promise<HttpResponse> {
  const { api, invoke } = options;
  const { request, method, path, query, requestId } = served;
  const cors = api.cors as Cors | undefined;
  const { origin } = request.headers;
  const match = matchRoute(api.routes, method, path);
  if (match !== undefined) served.routeKey = match.route.routeKey;
  const authorizer = match?.route.authorizer;
  // A route that takes OPTIONS too, as $default does, and asks for a token asks a preflight for one.
  const ownOptions = served.routeKey?.startsWith("OPTIONS ") === true || authorizer !== undefined;
  if (cors !== undefined && origin !== undefined && isPreflight(method, request.headers) && !ownOptions) {
    return preflight(cors, origin);
  }
  if (match === undefined) return gatewayResponse(404, "Not Found");
  const now = new Date();
  const allowed =
    authorizer?.type === "JWT"
      ? (options.anybody ?? (await authorize(authorizer, { headers: request.headers, query }, findKey, now)))
      : undefined;
  if (allowed !== undefined && "status" in allowed) return allowed;
  const body = await readBody(request);
  if (body === undefined) return gatewayResponse(413, "Request Entity Too Large");
  const { apiName } = api;
  const event = toEvent({ request, path, query, body, match, authorizer: allowed, apiName, requestId, now });
  const answered = invoke(match.route.functionArn)(event).then(toResponse);
  const result = await within(answered, options.timeoutMs ?? integrationTimeoutMs);
  const made = result ?? gatewayResponse(503, "Service Unavailable");
  return cors === undefined ? made : withCors(cors, origin, made);
}

/** The whole body, or undefined when it is over the limit. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
    // A client reads the answer only when it has sent everything, so the rest is taken and dropped; not for ever.
    if (bytes > 10 * maxBodyBytes) return undefined;
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks);
}

async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: HttpResponse, requestId: string): void {
  const { status, headers, cookies, body } = answer;
  try {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  } catch {
    // A name or value that HTTP does not allow.
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    send(request, response, gatewayResponse(500, "Internal Server Error"), requestId);
    return;
  }
  response.setHeader("apigw-requestid", requestId);
  if (status !== 204 && status !== 304) response.setHeader("content-length", body.length);
  // What is left of an unread body would be taken for the next request.
  if (!request.complete) response.setHeader("connection", "close");
  response.writeHead(status);
  response.end(body);
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
