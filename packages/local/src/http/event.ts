import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { APIGatewayEventRequestContextV2, APIGatewayProxyEventV2WithRequestContext } from "aws-lambda";
import type { JwtContext } from "./jwt.ts";
import { decode, type RouteMatch } from "./route.ts";

/** An event of payload format 2.0. Fields without a value are left out, as AWS does. */
export type HttpEvent = APIGatewayProxyEventV2WithRequestContext<
  APIGatewayEventRequestContextV2 & { authorizer?: JwtContext }
>;

export interface EventInput {
  request: IncomingMessage;
  /** Path and query as sent. */
  path: string;
  query: string;
  body: Buffer;
  match: RouteMatch;
  /** What the route's authorizer says about the caller; nothing for a route without one. */
  authorizer?: JwtContext | undefined;
  apiName: string;
  requestId: string;
  now: Date;
}

/**
 * The event that API Gateway's HTTP API gives to a function, payload format 2.0.
 *
 * `rawPath` is percent-decoded, whatever its name says, and ends at a decoded `?`: HTTP APIs do so, REST APIs and
 * function URLs do not. Two values are this machine's own and not what AWS would say: `x-forwarded-proto` is `http`
 * and `x-forwarded-port` the local port, so that links built from them work.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toEvent(input: EventInput): HttpEvent {
  const { request, path, query, body, match, authorizer, apiName, requestId, now } = input;
  const headers = toHeaders(request, body, now);
  const cookies = request.headers.cookie?.split(/;\s*/).filter((cookie) => cookie !== "");
  const parameters = toParameters(query);
  const rawPath = decode(path).split("?")[0] ?? "";
  const domainName = request.headers.host ?? "localhost";
  const isText = isTextBody(request.headers["content-type"]);
  return {
    version: "2.0",
    routeKey: match.route.routeKey,
    rawPath,
    rawQueryString: query,
    ...(cookies !== undefined && { cookies }),
    headers,
    ...(parameters !== undefined && { queryStringParameters: parameters }),
    requestContext: {
      accountId: match.route.functionArn.split(":")[4] ?? "",
      apiId: createHash("sha256").update(apiName).digest("hex").slice(0, 10),
      ...(authorizer !== undefined && { authorizer }),
      domainName,
      domainPrefix: domainName.split(/[.:]/)[0] ?? "",
      http: {
        method: request.method ?? "GET",
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: sourceIp(request),
        userAgent: request.headers["user-agent"] ?? "",
      },
      requestId,
      routeKey: match.route.routeKey,
      stage: "$default",
      time: toLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(match.pathParameters !== undefined && { pathParameters: match.pathParameters }),
    ...(body.length > 0 && { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Sixteen characters of base64, as API Gateway's request ids are. */
export function newRequestId(): string {
  return `${randomBytes(11).toString("base64").slice(0, 15)}=`;
}

/**
 * Whether API Gateway passes a body of this type as text. AWS does not document the list; it was probed on the real
 * service: everything else is base64, also JSON with another name, forms, and bodies with no type.
 *
 * Source: https://github.com/ministackorg/ministack/pull/766
 */
function isTextBody(contentType: string | undefined): boolean {
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  return type.startsWith("text/") || ["application/json", "application/javascript", "application/xml"].includes(type);
}

function toHeaders(request: IncomingMessage, body: Buffer, now: Date): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? "").toLowerCase();
    const value = request.rawHeaders[index + 1] ?? "";
    // Cookies have a field of their own; the rest is between the client and the gateway.
    if (name === "cookie" || name === "connection" || name === "transfer-encoding") continue;
    headers[name] = name in headers ? `${headers[name]},${value}` : value;
  }
  const forwarded = headers["x-forwarded-for"];
  return {
    ...headers,
    "content-length": String(body.length),
    "x-amzn-trace-id":
      headers["x-amzn-trace-id"] ??
      `Root=1-${Math.floor(now.getTime() / 1000).toString(16)}-${randomBytes(12).toString("hex")}`,
    "x-forwarded-for": forwarded === undefined ? sourceIp(request) : `${forwarded}, ${sourceIp(request)}`,
    "x-forwarded-port": String(request.socket.localPort ?? ""),
    "x-forwarded-proto": "http",
  };
}

function toParameters(query: string): Record<string, string> | undefined {
  if (query === "") return undefined;
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = Object.hasOwn(parameters, name) ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}

function sourceIp(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

/** `12/Mar/2020:19:03:58 +0000` */
function toLogTime(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/.exec(date.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
