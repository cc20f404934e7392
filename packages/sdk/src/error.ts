import type { FieldError, Problem } from "./types.ts";

/** What the API refuses a request for. A newer API may have further ones. */
export type ProblemCode = Problem["code"];

/**
 * What goes wrong without an answer: no connection (`network`), not in time (`timeout`), or not decided within the limit of `settled`
 * (`unsettled`).
 */
export type LocalCode = "network" | "timeout" | "unsettled";

/** `unrecognized` is an answer that is not the API's: of a proxy, say. */
export type ErrorCode = ProblemCode | LocalCode | "unrecognized";

interface Details<Code extends ErrorCode> {
  status: AppointmentsError<Code>["status"];
  errors?: readonly FieldError[] | undefined;
  requestId?: string | undefined;
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** Why a call failed: a code for programs, a message that says what to do next. `isAppointmentsError` narrows it by code. */
export class AppointmentsError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "AppointmentsError";
  readonly code: Code;
  /** The status of the answer; none when there was no answer. */
  readonly status: Code extends LocalCode ? undefined : number;
  /** Each field at fault, of a body or of parameters that are not valid; else empty. */
  readonly errors: readonly FieldError[];
  /** What to name when asking about the failure. */
  readonly requestId: string | undefined;
  /** When the API said so, milliseconds after which the call may succeed. */
  readonly retryAfterMs: number | undefined;

  constructor(code: Code, message: string, { status, errors = [], requestId, retryAfterMs, cause }: Details<Code>) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.errors = errors;
    this.requestId = requestId;
    this.retryAfterMs = retryAfterMs;
  }
}

/** An error of each code, for `switch (error.code)`. */
export type AnyAppointmentsError = { [Code in ErrorCode]: AppointmentsError<Code> }[ErrorCode];

/** Whether an error is one of a call. Others are an abort's reason, the token provider's, or a `TypeError` for a wrong argument. */
export const isAppointmentsError = (error: unknown): error is AnyAppointmentsError =>
  error instanceof AppointmentsError;
