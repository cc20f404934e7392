import { safeHeaders } from "@appointments/functions/api/answering";
import { fileHeaders } from "@appointments/functions/document/file";
import type { Schema } from "./schema.ts";

interface Header {
  /** As it is written in an answer, when its key here is not: two kinds of answers have it with different values. */
  name?: string;
  description: string;
  schema: Schema;
  /** Whether an answer that has it in its table always has it; else it depends on who answers. */
  required?: boolean;
  example?: string;
}

const only = (value: string): Schema => ({ type: "string", const: value });

/** Every header that an answer has on purpose, in the spelling of its specification. */
export const headers = {
  "Accept-Encoding": { description: "The encodings of a body that are read.", schema: only("identity") },
  "Accept-Post": { description: "The content types of a body that are read.", schema: only("application/json") },
  Allow: { description: "The methods that are known here.", schema: { type: "string" }, example: "GET" },
  "Apigw-Requestid": { description: "API Gateway's id of the request.", schema: { type: "string" }, required: true },
  "Cache-Control": { description: "Personal data belongs in no cache.", schema: only(safeHeaders["cache-control"]) },
  "Content-Language": {
    description: "The language of a problem's title and details.",
    schema: { type: "string", enum: ["en", "es"] },
    example: "en",
  },
  "Content-Security-Policy": {
    description: "An answer is no page.",
    schema: only(safeHeaders["content-security-policy"]),
  },
  ETag: {
    description: "The version of the appointment, for `If-Match` and `If-None-Match`.",
    schema: { type: "string", pattern: '^"[1-9][0-9]*"$' },
    required: true,
    example: '"2"',
  },
  "File-Cache-Control": {
    name: "Cache-Control",
    description: "The documents hold no personal data.",
    schema: only(fileHeaders["cache-control"]),
    required: true,
  },
  "File-Content-Encoding": {
    name: "Content-Encoding",
    description: "When the request accepts it.",
    schema: only("gzip"),
  },
  "File-Content-Security-Policy": {
    name: "Content-Security-Policy",
    description: "The page runs its own script and speaks with this API only.",
    schema: { type: "string", pattern: "^default-src 'none'" },
    required: true,
  },
  "File-ETag": {
    name: "ETag",
    description: "The version of the document, for `If-None-Match`.",
    schema: { type: "string", pattern: '^"[0-9A-Za-z_-]+"$' },
    required: true,
  },
  "File-Vary": {
    name: "Vary",
    description: "The encoding depends on the request.",
    schema: only("accept-encoding"),
    required: true,
  },
  "Idempotency-Replayed": {
    description: "An earlier request with the same `Idempotency-Key` led to this answer, and this one to nothing.",
    schema: only("true"),
  },
  Location: {
    description: "The path of the appointment.",
    schema: { type: "string", format: "uri-reference" },
    required: true,
    example: "/appointments/00042/01a20bae-ed3d-759d-8035-0cf391eea023",
  },
  "Problem-Vary": {
    name: "Vary",
    description: "The language depends on the request.",
    schema: { type: "string", pattern: "accept-language" },
    example: "accept-language",
  },
  RateLimit: {
    description:
      "What is left to you: `r` requests, and in `t` seconds all again (draft-ietf-httpapi-ratelimit-headers).",
    schema: { type: "string", pattern: '^"caller";r=[0-9]+;t=[0-9]+$' },
    example: '"caller";r=99;t=1',
  },
  "RateLimit-Policy": {
    description: "What a caller may ask: `q` requests in `w` seconds, of each environment of the API.",
    schema: { type: "string", pattern: '^"caller";q=[1-9][0-9]*;w=[1-9][0-9]*$' },
    example: '"caller";q=100;w=2',
  },
  "Retry-After": {
    description: "Seconds after which to try again.",
    schema: { type: "string", pattern: "^[1-9][0-9]*$" },
    example: "2",
  },
  "Strict-Transport-Security": {
    description: "The API speaks TLS only.",
    schema: only(safeHeaders["strict-transport-security"]),
  },
  "WWW-Authenticate": {
    description: "What the token lacks (RFC 6750).",
    schema: { type: "string", pattern: "^Bearer" },
    required: true,
    example: "Bearer",
  },
  "X-Content-Type-Options": {
    description: "An answer is what its type says.",
    schema: only(safeHeaders["x-content-type-options"]),
  },
  "X-Request-Id": { description: "The id of the request, to ask us about.", schema: { type: "string" } },
} as const satisfies Record<string, Header>;
export type HeaderName = keyof typeof headers;

/** What API Gateway adds to every answer, its own too. */
export const ofGateway = ["Apigw-Requestid"] as const satisfies HeaderName[];

/** What every answer of the API's function has. */
export const ofFunction = [
  "Cache-Control",
  "Content-Security-Policy",
  "Strict-Transport-Security",
  "X-Content-Type-Options",
  "X-Request-Id",
] as const satisfies HeaderName[];

/** What an answer to a caller has, once who calls is known. */
export const ofCaller = ["RateLimit", "RateLimit-Policy"] as const satisfies HeaderName[];

/** `headers` of a response. */
export const headersOf = (...names: readonly HeaderName[]) =>
  Object.fromEntries(
    [...names].sort().map((key) => {
      const { name = key }: Header = headers[key];
      return [name, { $ref: `#/components/headers/${key}` }];
    }),
  );

/** `components.headers`. */
export const componentHeaders = () =>
  Object.fromEntries(
    Object.entries(headers).map(([key, header]) => {
      const { name, ...rest }: Header = header;
      return [key, rest];
    }),
  );
