import { insuredId as insuredIdSchema } from "@appointments/core/appointment/appointment";
import * as v from "valibot";
import { type FieldError, Refusal } from "./problem.ts";

const limitSchema = v.pipe(v.string(), v.regex(/^[1-9][0-9]{0,2}$/), v.transform(Number), v.maxValue(100));

/** `insuredId` of the path. Throws `parameters_invalid`. */
export function readInsuredId(text: string): string {
  if (v.is(insuredIdSchema, text)) return text;
  throw invalid({ parameter: "insuredId", detail: "must be exactly five digits", code: "invalid" });
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
