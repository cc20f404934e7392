import { createHash } from "node:crypto";
import { id } from "@appointments/core/id";
import * as v from "valibot";
import { Refusal } from "./problem.ts";

const cursor = v.strictObject({ after: id, check: v.string() });

/**
 * Where a list goes on: after this appointment of this insured. Base64url of JSON, opaque to clients.
 *
 * `check` binds it to the insured: a cursor of one list is refused in another. It is no secret and need be none: a
 * cursor only chooses a position in a list that the caller may read anyway.
 */
export const toCursor = (insuredId: string, after: string): string =>
  Buffer.from(JSON.stringify({ after, check: checkOf(insuredId, after) })).toString("base64url");

/** Reads a cursor. Throws `cursor_invalid` when it was not made by us for this list. */
export function fromCursor(insuredId: string, text: string): string {
  const result = v.safeParse(cursor, decode(text));
  // Made again and compared: base64url and JSON have many spellings, we have one.
  if (result.success && toCursor(insuredId, result.output.after) === text) return result.output.after;
  throw new Refusal("cursor_invalid", "Send the nextCursor of the page before, or none to begin", {
    errors: [{ parameter: "cursor", detail: "is not a nextCursor of this list", code: "invalid" }],
  });
}

const checkOf = (insuredId: string, after: string): string =>
  createHash("sha256").update(`${insuredId}/${after}`).digest("base64url").slice(0, 16);

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
