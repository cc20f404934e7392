import { AppError } from "@appointments/core/error";
import type { Fault } from "@appointments/core/parse";
import type { Context } from "hono";
import * as v from "valibot";
import { languageOf } from "./language.ts";
import { type FieldDetail, fieldDetail } from "./problem/field.ts";
import {
  filled,
  isProblemCode,
  type ProblemCode,
  problemCodes,
  problemOf,
  type problems,
  typeOf,
} from "./problem/table.ts";

/** Errors that an answer names at most; it counts the rest. */
const maxErrors = 50;

/** A fault in the body by `pointer`, in the path or the query by `parameter`. */
export type FieldError = Fault | { parameter: string; detail: FieldDetail; code: Fault["code"] };

interface RefusalOptions<Code extends ProblemCode> {
  /** Which detail of the code; `main` unless given. */
  detail?: keyof (typeof problems)[Code]["details"] & string;
  /** Values of the detail's `{names}`. */
  values?: Record<string, string>;
  errors?: FieldError[];
  headers?: Record<string, string>;
}

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
  code: v.pipe(v.picklist(problemCodes), v.description("Which problem it is, for programs. Codes never change.")),
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
export class Refusal<Code extends ProblemCode = ProblemCode> extends Error {
  readonly code: Code;
  readonly detail: string;
  readonly values: Record<string, string>;
  readonly errors: FieldError[];
  readonly headers: Record<string, string>;

  constructor(code: Code, { detail, values = {}, errors = [], headers = {} }: RefusalOptions<Code> = {}) {
    super(filled(problemOf(code).details[detail ?? "main"]?.en ?? "", values));
    this.name = "Refusal";
    this.code = code;
    this.detail = detail ?? "main";
    this.values = values;
    this.errors = errors;
    this.headers = headers;
  }
}

/**
 * The one place where an error becomes HTTP: `application/problem+json` as in RFC 9457, in the language of the request.
 *
 * Members beside the standard's: `code` for programs, `requestId` to ask us about, `errors` for each field at fault, at
 * most 50, and `moreErrors` how many there are beyond those.
 */
export function toResponse(c: Context, error: unknown, requestId: string): Response {
  const { code, detail, values, errors, headers } = toRefusal(error);
  const { status, title, details, retryAfter } = problemOf(code);
  const language = languageOf(c.req.header("accept-language"));
  const named = errors.slice(0, maxErrors).map((each) => ({ ...each, detail: fieldDetail(each.detail, language) }));
  const body: Problem = {
    type: typeOf(code),
    title: title[language],
    status,
    detail: filled(details[detail]?.[language] ?? "", values),
    code,
    requestId,
    ...(named.length > 0 && { errors: named }),
    ...(errors.length > maxErrors && { moreErrors: errors.length - maxErrors }),
  };
  return c.body(JSON.stringify(body), status, {
    "content-type": "application/problem+json",
    "content-language": language,
    vary: "accept-language",
    ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
    ...headers,
  });
}

/** The code of an error as the client hears it. */
export const problemCode = (error: unknown): ProblemCode => toRefusal(error).code;

/** What a client hears of an error: the domain's in the API's words, and nothing of the system's own. */
function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof AppError)) return new Refusal("internal");
  // Which of our stores it is, is nothing to a client.
  if (error.code === "table_unavailable") return new Refusal("unavailable");
  return new Refusal(isProblemCode(error.code) ? error.code : "internal");
}
