import { AppError } from "./error.ts";

/**
 * Everything that may be logged. What is not named here cannot be logged: personal data (`insuredId`, bodies, the
 * client's Idempotency-Key) is kept out by the compiler.
 */
export interface LogFields {
  /** How long an appointment has waited for its country. */
  ageSeconds?: number;
  appointmentId?: string;
  attempt?: number;
  code?: string;
  count?: number;
  countryISO?: string;
  delaySeconds?: number;
  durationMs?: number;
  error?: unknown;
  eventId?: string;
  eventType?: string;
  failed?: number;
  messageId?: string;
  method?: string;
  queue?: string;
  reason?: string;
  receiveCount?: number;
  requestId?: string;
  /** The route's pattern, never the path: a path names an insured. */
  route?: string;
  status?: string | number;
  traceparent?: string | undefined;
}

type Level = "debug" | "info" | "warn" | "error";

const write = (level: Level, event: string, { error, ...fields }: LogFields = {}): void => {
  const entry = { event, ...fields, ...(error === undefined ? {} : { error: describeError(error) }) };
  // With Lambda's JSON log format an object becomes the structured `message`; elsewhere one line of JSON is one event.
  console[level](process.env.AWS_LAMBDA_LOG_FORMAT === "JSON" ? entry : JSON.stringify({ level, ...entry }));
};

/** Writes one JSON object per event: `log.info("appointment.requested", { appointmentId })`. */
export const log = {
  debug: (event: string, fields?: LogFields) => write("debug", event, fields),
  info: (event: string, fields?: LogFields) => write("info", event, fields),
  warn: (event: string, fields?: LogFields) => write("warn", event, fields),
  error: (event: string, fields?: LogFields) => write("error", event, fields),
};

interface DescribedError {
  name: string;
  code?: string;
  message?: string;
  stack?: string[];
  cause?: DescribedError;
}

/**
 * An error for the log, with no value from a request in it.
 *
 * MySQL writes "Duplicate entry '00042'", Drizzle lists the parameters, JSON.parse quotes its input: a foreign error's
 * message is kept only where it cannot hold data. Name, code and stack frames say enough for the rest.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const frames = error.stack
    ?.split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
  return {
    name: error.name,
    ...(code && { code }),
    ...(isSafe(error) && { message: error.message }),
    ...(frames && frames.length > 0 && { stack: frames.slice(0, 10) }),
    ...(error.cause !== undefined && depth < 3 && { cause: describeError(error.cause, depth + 1) }),
  };
}

// `syscall` marks Node's system errors (ECONNREFUSED, …); the named AWS errors speak of ARNs only.
const isSafe = (error: Error): boolean =>
  error instanceof AppError ||
  error.name === "TypeError" ||
  error.name === "ReferenceError" ||
  "syscall" in error ||
  /^(AccessDenied|AuthorizationError|ResourceNotFound|NotFound|QueueDoesNotExist)/.test(error.name);
