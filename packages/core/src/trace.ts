import { randomBytes } from "node:crypto";
import * as v from "valibot";

/** W3C Trace Context, version 00: https://www.w3.org/TR/trace-context/#traceparent-header */
export const traceparent = v.pipe(
  v.string("must be a W3C traceparent"),
  v.regex(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/, "must be a W3C traceparent"),
);

/** A new trace, sampled. */
export const newTraceparent = (): string =>
  `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`;

/** The caller's trace if it sent a valid one, else a new one: a broken header is no reason to refuse a booking. */
export const traceparentOf = (header: string | undefined): string =>
  header !== undefined && v.is(traceparent, header) ? header : newTraceparent();
