import type { ErrorCode } from "@appointments/core/error";
import { AppError } from "@appointments/core/error";
import type { Fault } from "@appointments/core/parse";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as v from "valibot";

/** Errors that an answer names at most; it counts the rest. */
const maxErrors = 50;

/** What an API consumer can have got wrong, with the status that says so and a title that never varies. */
const clientProblems = {
  body_missing: [400, "The request has no body"],
  body_not_json: [400, "The body is not JSON in UTF-8"],
  body_too_large: [413, "The body is too large"],
  content_type_unsupported: [415, "The content type is not supported"],
  cursor_invalid: [400, "The cursor is not valid"],
  fields_invalid: [422, "Fields are not valid"],
  idempotency_key_invalid: [400, "The Idempotency-Key is not valid"],
  if_match_invalid: [400, "The If-Match is not valid"],
  if_none_match_invalid: [400, "The If-None-Match is not valid"],
  insufficient_scope: [403, "The token does not allow this"],
  method_not_allowed: [405, "The method is not allowed here"],
  parameters_invalid: [400, "Parameters are not valid"],
  path_unknown: [404, "There is nothing at this path"],
  unauthorized: [401, "Who calls is not known"],
} as const;

/** The errors of the domain that a client can act on; any other is our fault: 500. */
const domainProblems = {
  appointment_cancelled: [409, "The appointment is cancelled"],
  appointment_not_found: [404, "There is no such appointment"],
  appointment_pending: [409, "The appointment is not decided yet"],
  appointment_rejected: [409, "The appointment was rejected"],
  change_in_progress: [409, "Another change is under way"],
  changes_exhausted: [409, "The appointment changed too often"],
  country_not_found: [404, "There is no such country"],
  idempotency_key_reused: [422, "The Idempotency-Key was used for another request"],
  insured_not_found: [404, "There is no such insured"],
  version_stale: [412, "The appointment has changed"],
} as const satisfies Partial<Record<ErrorCode, readonly [ContentfulStatusCode, string]>>;

/** What is no fault of the client. */
const ourProblems = {
  internal: [500, "Something went wrong"],
  unavailable: [503, "The service is not available now"],
} as const;

/** Every problem that an answer can have by its code: its status and its title. */
export const problems = { ...clientProblems, ...domainProblems, ...ourProblems } as const;
/** The code of a problem in an answer. */
export type AnswerCode = keyof typeof problems;
const answerCodes = Object.keys(problems) as AnswerCode[]; // the keys are written just above

export type ProblemCode = keyof typeof clientProblems;

/** A fault in the body by `pointer`, in the path or the query by `parameter`. */
export type FieldError = Fault | { parameter: string; detail: string; code: Fault["code"] };

/** One field at fault in an answer. */
export const fieldErrorSchema = v.strictObject({
  pointer: v.exactOptional(
    v.pipe(v.string(), v.description("Where in the body: a JSON Pointer (RFC 6901) as a URI fragment.")),
  ),
  parameter: v.exactOptional(v.pipe(v.string(), v.description("Which parameter of the path or the query."))),
  detail: v.pipe(v.string(), v.description("What it must be, for people.")),
  code: v.pipe(
    v.picklist(["missing", "unknown", "invalid"] satisfies Fault["code"][]),
    v.description("What is wrong, for programs."),
  ),
});

/** A problem in an answer: the members of RFC 9457, and ours. */
export const problemSchema = v.strictObject({
  type: v.pipe(v.string(), v.description("Which problem it is, as a URI.")),
  title: v.pipe(v.string(), v.description("What it is, for people; the same for each problem of the type.")),
  status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599), v.description("The status of the answer.")),
  detail: v.pipe(v.string(), v.description("What to do next, for people.")),
  code: v.pipe(v.picklist(answerCodes), v.description("Which problem it is, for programs. Codes never change.")),
  requestId: v.pipe(v.string(), v.description("The request, to ask us about.")),
  errors: v.exactOptional(
    v.pipe(
      v.array(fieldErrorSchema),
      v.minLength(1),
      v.maxLength(maxErrors),
      v.description(`The fields at fault, ${maxErrors} at most.`),
    ),
  ),
  moreErrors: v.exactOptional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.description("How many fields at fault `errors` leaves out.")),
  ),
});
export type Problem = v.InferOutput<typeof problemSchema>;

/** A refusal of a request: thrown by routes, turned into an answer by `toResponse`. */
export class Refusal extends Error {
  readonly code: ProblemCode;
  readonly errors: FieldError[];
  readonly headers: Record<string, string>;

  constructor(
    code: ProblemCode,
    detail: string,
    { errors = [], headers = {} }: { errors?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.name = "Refusal";
    this.code = code;
    this.errors = errors;
    this.headers = headers;
  }
}

/** Seconds after which a client may try again when we are not available. */
const retryAfter = "2";

/**
 * The one place where an error becomes HTTP: `application/problem+json` as in RFC 9457.
 *
 * Members beside the standard's: `code` for programs, `requestId` to ask us about, `errors` for each field at fault, at
 * most 50, and `moreErrors` how many there are beyond those.
 */
export function toResponse(c: Context, error: unknown, requestId: string): Response {
  const { status, title, code, detail, errors, headers } = problemOf(error);
  const body: Problem = {
    type: `urn:appointments:problem:${code}`,
    title,
    status,
    detail,
    code,
    requestId,
    ...(errors.length > 0 && { errors: errors.slice(0, maxErrors) }),
    ...(errors.length > maxErrors && { moreErrors: errors.length - maxErrors }),
  };
  return c.body(JSON.stringify(body), status, { "content-type": "application/problem+json", ...headers });
}

/** The code of an error as the client hears it. */
export const problemCode = (error: unknown): AnswerCode => problemOf(error).code;

interface Told {
  detail: string;
  errors?: FieldError[];
  headers?: Record<string, string>;
}

function problemOf(error: unknown) {
  if (error instanceof Refusal) {
    return told(error.code, { detail: error.message, errors: error.errors, headers: error.headers });
  }
  if (error instanceof AppError && isDomainProblem(error.code)) return told(error.code, { detail: error.message });
  // Which of our stores it is, is nothing to a client.
  if (error instanceof AppError && error.code === "table_unavailable") {
    const detail = "Try again after the seconds in Retry-After, with the same Idempotency-Key";
    return told("unavailable", { detail, headers: { "retry-after": retryAfter } });
  }
  return told("internal", { detail: "The fault is ours; try again, and if it stays, tell us the requestId" });
}

const isDomainProblem = (code: ErrorCode): code is keyof typeof domainProblems => Object.hasOwn(domainProblems, code);

function told(code: AnswerCode, { detail, errors = [], headers = {} }: Told) {
  const [status, title] = problems[code];
  return { status, title, code, detail, errors, headers };
}
