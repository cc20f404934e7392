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
