import { type Appointment, insuredId as insuredIdSchema } from "@appointments/core/appointment/appointment";
import { AppError } from "@appointments/core/error";
import { id } from "@appointments/core/id";
import * as v from "valibot";
import { type FieldError, Refusal } from "./problem.ts";

/* What a request says outside its body: path, query and headers. */

const limitSchema = v.pipe(v.string(), v.regex(/^[1-9][0-9]{0,2}$/), v.transform(Number), v.maxValue(100));

/** `insuredId` of the path. Throws `parameters_invalid`. */
export function readInsuredId(text: string): string {
  if (v.is(insuredIdSchema, text)) return text;
  throw invalid({ parameter: "insuredId", detail: "must be exactly five digits", code: "invalid" });
}

/** The appointment that a path names. Throws `parameters_invalid`; `appointment_not_found` for what can be no id. */
export function readKey(insuredId: string, appointmentId: string) {
  const key = { insuredId: readInsuredId(insuredId), appointmentId };
  if (!v.is(id, appointmentId))
    throw new AppError("appointment_not_found", "The insured has no appointment of this id");
  return key;
}

/** Items of a page: 1–100, 20 unless told. Throws `parameters_invalid`. */
export function readLimit(text = "20"): number {
  const result = v.safeParse(limitSchema, text);
  if (result.success) return result.output;
  throw invalid({ parameter: "limit", detail: "must be an integer from 1 to 100", code: "invalid" });
}

const invalid = (error: FieldError) =>
  new Refusal("parameters_invalid", "Correct the parameters named in errors", { errors: [error] });

/**
 * The client's Idempotency-Key, 1–255 visible ASCII characters, or none. Throws `idempotency_key_invalid`.
 *
 * Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || /^[!-~]{1,255}$/.test(header)) return header;
  throw new Refusal("idempotency_key_invalid", "Send 1 to 255 visible ASCII characters, e.g. a UUID, and only one key");
}

/** The strong entity-tag of an appointment: its version. Source: RFC 9110, 8.8.3. */
export const etagOf = ({ version }: Appointment): string => `"${version}"`;

const entityTag = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const entityTags = new RegExp(String.raw`^[ \t]*${entityTag}(?:[ \t]*,[ \t]*${entityTag})*[ \t]*$`);

/**
 * Whether an If-Match holds for a version: none and `*` hold for each. A weak tag never does, because the comparison is
 * strong. Throws `if_match_invalid`.
 *
 * Source: RFC 9110, 13.1.1.
 */
export function readIfMatch(header: string | undefined): (version: number) => boolean {
  if (header === undefined || header.trim() === "*") return () => true;
  if (!entityTags.test(header)) {
    throw new Refusal("if_match_invalid", 'Send the ETag of the appointment as you got it, e.g. "2", or *');
  }
  const tags = header.split(",").map((tag) => tag.trim());
  return (version) => tags.includes(`"${version}"`);
}
