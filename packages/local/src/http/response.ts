import type { IncomingHttpHeaders } from "node:http";
import type { InvokeResult } from "../lambda/invoke.ts";

export interface HttpResponse {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  cookies: string[];
  body: Buffer;
}

/** An answer of the gateway itself. */
export function gatewayResponse(status: number, message: string): HttpResponse {
  const body = Buffer.from(JSON.stringify({ message }));
  return { status, headers: { "content-type": "application/json" }, cookies: [], body };
}

/**
 * What API Gateway makes of a function's answer, payload format 2.0: an object with `statusCode` is a response; any
 * other JSON is the body of a 200; a failed function or a malformed response is a 500.
 *
 * A throttled function is answered with 503. AWS does not document this one; nobody has seen it here on AWS.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toResponse(result: InvokeResult): HttpResponse {
  if (!result.ok) {
    if (result.kind === "Throttled") return gatewayResponse(503, "Service Unavailable");
    if (result.kind === "TooLarge") return gatewayResponse(413, "Request Entity Too Large");
    return internalError();
  }
  const { payload } = result;
  if (!isRecord(payload) || payload.statusCode === undefined) {
    const text = typeof payload === "string" ? payload : JSON.stringify(payload);
    return { status: 200, headers: { "content-type": "application/json" }, cookies: [], body: Buffer.from(text) };
  }
  return structured(payload) ?? internalError();
}

function internalError(): HttpResponse {
  return gatewayResponse(500, "Internal Server Error");
}

/** Undefined when the response is malformed. */
function structured(payload: Record<string, unknown>): HttpResponse | undefined {
  const { statusCode, headers = {}, cookies = [], body, isBase64Encoded = false } = payload;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (!isRecord(headers) || !Array.isArray(cookies)) return undefined;
  if (body !== undefined && body !== null && typeof body !== "string") return undefined;
  const named: Record<string, string> = { "content-type": "text/plain;charset=utf-8" };
  for (const [name, value] of Object.entries(headers)) {
    if (value === null || typeof value === "object") return undefined;
    named[name.toLowerCase()] = String(value);
  }
  return {
    status,
    headers: named,
    cookies: cookies.map(String),
    body: Buffer.from(body ?? "", isBase64Encoded === true ? "base64" : "utf8"),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `corsConfiguration` of an HTTP API. */
export interface Cors {
  allowCredentials?: boolean;
  allowHeaders?: string[];
  allowMethods?: string[];
  allowOrigins?: string[];
  exposeHeaders?: string[];
  /** Seconds. */
  maxAge?: number;
}

/** Whether a browser asks for leave before the real request: the gateway answers, the function does not see it. */
export function isPreflight(method: string, headers: IncomingHttpHeaders): boolean {
  return method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;
}

/**
 * The answer to a preflight. An origin that is not allowed gets one with no CORS headers, which a browser refuses.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export function preflight(cors: Cors, origin: string): HttpResponse {
  const response: HttpResponse = { ...gatewayResponse(204, ""), headers: {}, body: Buffer.alloc(0) };
  const allowed = originHeaders(cors, origin);
  if (allowed === undefined) return response;
  if (cors.allowMethods) allowed["access-control-allow-methods"] = cors.allowMethods.join(",");
  if (cors.allowHeaders) allowed["access-control-allow-headers"] = cors.allowHeaders.join(",");
  if (cors.maxAge !== undefined) allowed["access-control-max-age"] = String(cors.maxAge);
  return { ...response, headers: allowed };
}

/** The response with the gateway's CORS headers in place of the function's own. */
export function withCors(cors: Cors, origin: string | undefined, response: HttpResponse): HttpResponse {
  const kept = Object.entries(response.headers).filter(([name]) => !name.startsWith("access-control-"));
  const headers = Object.fromEntries(kept);
  const allowed = origin === undefined ? undefined : originHeaders(cors, origin);
  if (allowed === undefined) return { ...response, headers };
  if (cors.exposeHeaders) allowed["access-control-expose-headers"] = cors.exposeHeaders.join(",");
  return { ...response, headers: { ...headers, ...allowed } };
}

function originHeaders(cors: Cors, origin: string): Record<string, string> | undefined {
  const origins = cors.allowOrigins ?? [];
  const any = origins.includes("*");
  if (!any && !origins.some((pattern) => matches(pattern, origin))) return undefined;
  return {
    "access-control-allow-origin": any ? "*" : origin,
    ...(cors.allowCredentials === true && { "access-control-allow-credentials": "true" }),
  };
}

/** `https://*.example.com`, `http://*`; anything else is the origin itself. */
function matches(pattern: string, origin: string): boolean {
  const [before = "", after] = pattern.split("*");
  return after === undefined ? pattern === origin : origin.startsWith(before) && origin.endsWith(after);
}
