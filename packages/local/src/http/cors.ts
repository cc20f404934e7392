import type { IncomingHttpHeaders } from "node:http";
import { gatewayResponse, type HttpResponse } from "./response.ts";

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
