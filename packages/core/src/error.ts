/**
 * Every way this system can refuse or fail, and whether doing the same again can help.
 *
 * `true`: a passing trouble (throttled, unreachable, a deploy in between); `false`: the input is at fault.
 */
const retryable = {
  appointment_cancelled: false,
  appointment_mismatch: false,
  appointment_not_found: false,
  appointment_pending: false,
  appointment_rejected: false,
  appointment_unknown: false,
  bus_unavailable: true,
  change_in_progress: false,
  changes_exhausted: false,
  configuration_invalid: true,
  country_foreign: false,
  country_not_found: false,
  country_unknown: false,
  database_failed: false,
  database_unavailable: true,
  event_type_unknown: false,
  event_version_unknown: false,
  idempotency_key_reused: false,
  insured_not_found: false,
  internal: true,
  message_invalid: false,
  message_not_json: false,
  person_erased: false,
  queue_unavailable: true,
  request_in_progress: true,
  table_unavailable: true,
  topic_unavailable: true,
  version_stale: false,
} as const satisfies Record<string, boolean>;

export type ErrorCode = keyof typeof retryable;

/**
 * An error of this system, as a value: `code` for programs, `message` for people (what to do next), `retry` for queues.
 *
 * The message is logged and kept beside dead letters, so it holds no personal data and no value from a request.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retry: boolean;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "AppError";
    this.code = code;
    this.retry = retryable[code];
  }
}

/**
 * Whatever was thrown, as an `AppError`.
 *
 * What we did not foresee is `internal` and worth another try: a message is given up only after its last delivery.
 * The foreign message stays in `cause` only, because drivers put values into theirs.
 */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new AppError("internal", `Unforeseen ${name}; look for its stack in the log`, { cause: thrown });
}
