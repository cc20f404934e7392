import { appointmentNotFound } from "@appointments/core/appointment/access";
import { type Appointment, insuredId as insuredIdSchema } from "@appointments/core/appointment/appointment";
import { id } from "@appointments/core/id";
import type { HonoRequest, MiddlewareHandler } from "hono";
import * as v from "valibot";
import { parseIJson } from "./json.ts";
import { type FieldError, Refusal } from "./problem.ts";

/** Bytes of the largest body we read: 16 KB. A request has about 80. */
export const maxBody = 16 * 1024;

/**
 * Reads a JSON body.
 *
 * Throws `body_too_large`, `body_missing`, `content_type_unsupported` or `body_not_json`, in this order.
 */
export async function readJson(request: HonoRequest): Promise<unknown> {
  const body = await readOptionalJson(request);
  if (body === undefined) throw new Refusal("body_missing");
  return body;
}

/** Reads a JSON body, or `undefined` when there is none. Throws as `readJson`, but never `body_missing`. */
export async function readOptionalJson(request: HonoRequest): Promise<unknown> {
  // A client that says how much it sends is believed before anything is read; what it really sends is counted as well.
  if (Number(request.header("content-length") ?? 0) > maxBody) throw tooLarge();
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > maxBody) throw tooLarge();
  if (bytes.byteLength === 0) return undefined;
  if (!isJson(request.header("content-type"))) {
    throw new Refusal("content_type_unsupported", { headers: { "accept-post": "application/json" } });
  }
  if ((request.header("content-encoding") ?? "identity").toLowerCase() !== "identity") {
    const headers = { "accept-encoding": "identity" };
    throw new Refusal("content_type_unsupported", { detail: "encoding", headers });
  }
  return parseIJson(decodeUtf8(bytes));
}

const tooLarge = () => new Refusal("body_too_large", { values: { bytes: String(maxBody) } });

// RFC 8259: JSON between systems is UTF-8; the charset parameter has no meaning but people send it.
const isJson = (contentType = ""): boolean =>
  /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(contentType.trim());

function decodeUtf8(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal("body_not_json");
  }
}

/* What a request says outside its body: path, query and headers. */

/** `insuredId` of the path. Throws `parameters_invalid`. */
export function readInsuredId(text: string): string {
  if (v.is(insuredIdSchema, text)) return text;
  throw invalid({ parameter: "insuredId", detail: "must be exactly five digits", code: "invalid" });
}

/** The appointment that a path names. Throws `parameters_invalid`; `appointment_not_found` for what can be no id. */
export function readKey(insuredId: string, appointmentId: string) {
  const key = { insuredId: readInsuredId(insuredId), appointmentId };
  if (!v.is(id, appointmentId)) throw appointmentNotFound();
  return key;
}

const invalid = (...errors: FieldError[]) => new Refusal("parameters_invalid", { errors });

/** Refuses query parameters that a route does not take, and those that come twice: `parameters_invalid`, naming them. */
export const takes =
  (...names: string[]): MiddlewareHandler =>
  (c, next) => {
    const given = [...new URL(c.req.url).searchParams.keys()];
    const unknown = new Set(given.filter((name) => !names.includes(name)));
    const twice = names.filter((name) => given.indexOf(name) !== given.lastIndexOf(name));
    const errors: FieldError[] = [
      ...twice.map((parameter) => ({ parameter, detail: "must come once", code: "invalid" }) as const),
      ...[...unknown].map((parameter) => ({ parameter, detail: "is not known", code: "unknown" }) as const),
    ];
    if (errors.length > 0) throw invalid(...errors);
    return next();
  };

/**
 * The client's Idempotency-Key, or none: 1–255 visible ASCII characters other than the comma, by which API Gateway
 * joins a header that comes twice. Throws `idempotency_key_invalid`.
 *
 * Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || /^[!-+\--~]{1,255}$/.test(header)) return header;
  throw new Refusal("idempotency_key_invalid");
}

/** The strong entity-tag of an appointment: its version. Source: RFC 9110, 8.8.3. */
export const etagOf = ({ version }: Appointment): string => `"${version}"`;

const entityTag = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const entityTags = new RegExp(String.raw`^[ \t]*${entityTag}(?:[ \t]*,[ \t]*${entityTag})*[ \t]*$`);

/** The entity-tags of a condition; `undefined` for `*`. Throws the refusal. */
function readTags(header: string, code: "if_match_invalid" | "if_none_match_invalid"): string[] | undefined {
  if (header.trim() === "*") return undefined;
  if (!entityTags.test(header)) throw new Refusal(code);
  return header.split(",").map((tag) => tag.trim());
}

/**
 * Whether an If-Match holds for a version: none and `*` hold for each. A weak tag never does, because the comparison is
 * strong. Throws `if_match_invalid`.
 *
 * Source: RFC 9110, 13.1.1.
 */
export function readIfMatch(header: string | undefined): (version: number) => boolean {
  const tags = header === undefined ? undefined : readTags(header, "if_match_invalid");
  return (version) => tags === undefined || tags.includes(`"${version}"`);
}

/**
 * Whether the client has this version already: its If-None-Match names it, weakly or not, or is `*`. Throws
 * `if_none_match_invalid`.
 *
 * Source: RFC 9110, 13.1.2.
 */
export function readIfNoneMatch(header: string | undefined): (version: number) => boolean {
  if (header === undefined) return () => false;
  const tags = readTags(header, "if_none_match_invalid");
  return (version) => tags === undefined || tags.some((tag) => tag.replace("W/", "") === `"${version}"`);
}
