import type { HonoRequest } from "hono";
import type { LambdaEvent } from "hono/aws-lambda";
import { Refusal } from "./problem.ts";

/** Bytes of the largest body we read: 16 KB. A request has about 80. */
export const maxBody = 16 * 1024;

/**
 * Reads a JSON body.
 *
 * Throws `body_too_large`, `body_missing`, `content_type_unsupported` or `body_not_json`, in this order.
 */
export async function readJson(request: HonoRequest): Promise<unknown> {
  const body = await readOptionalJson(request);
  if (body === undefined) throw new Refusal("body_missing", "Send the request as a JSON object");
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
    throw new Refusal("content_type_unsupported", "Send JSON in UTF-8 with content-type: application/json", {
      headers: { "accept-post": "application/json" },
    });
  }
  if ((request.header("content-encoding") ?? "identity").toLowerCase() !== "identity") {
    throw new Refusal("content_type_unsupported", "Send the body with no content-encoding", {
      headers: { "accept-encoding": "identity" },
    });
  }
  return parseUtf8Json(bytes);
}

const tooLarge = () => new Refusal("body_too_large", `Send at most ${maxBody} bytes`);

// RFC 8259: JSON between systems is UTF-8; the charset parameter has no meaning but people send it.
const isJson = (contentType = ""): boolean =>
  /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(contentType.trim());

function parseUtf8Json(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // The parser's message quotes the body, so it goes no further.
    throw new Refusal("body_not_json", "Send one JSON object in UTF-8");
  }
}

/**
 * A GET or HEAD may have a body in HTTP, with no meaning, but not in a `Request`: making one would throw, and hono would
 * answer 400 without a problem. So the body is dropped.
 */
export function withoutUselessBody<Event extends LambdaEvent>(event: Event): Event {
  const method = "http" in event.requestContext ? event.requestContext.http.method : "";
  return event.body && (method === "GET" || method === "HEAD") ? { ...event, body: null } : event;
}
