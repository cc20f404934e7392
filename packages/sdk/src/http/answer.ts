import { AppointmentsError, type ErrorCode, type ProblemCode } from "../error.ts";
import type { Problem } from "../types.ts";
import { readRetryAfter } from "./retry.ts";

/** An answer that is no error; `body` is `undefined` for one that has none. */
export interface Answer {
  status: number;
  body: unknown;
}

/** What API Gateway answers by itself, without a problem that names its code. */
const gatewayCodes: Partial<Record<number, ProblemCode>> = {
  401: "unauthorized",
  403: "insufficient_scope",
  429: "too_many_requests",
  500: "internal",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

/**
 * What a response answers.
 *
 * @returns an error for a refusal, and for what the API does not answer
 */
export async function read(response: Response): Promise<Answer | AppointmentsError> {
  const text = await response.text();
  const body = parse(text);
  const { status } = response;
  if (status === 304) return { status, body: undefined };
  if (response.ok && body !== undefined) return { status, body };
  const problem = isProblem(body) ? body : undefined;
  const code: ErrorCode = problem?.code ?? gatewayCodes[status] ?? "unrecognized";
  return new AppointmentsError(code, problem?.detail ?? `The answer is ${status} ${response.statusText}`.trim(), {
    status,
    errors: problem?.errors,
    requestId: problem?.requestId ?? response.headers.get("x-request-id") ?? undefined,
    retryAfterMs: readRetryAfter(response.headers.get("retry-after")),
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** By what no other JSON error has: the API's document says the rest. */
const isProblem = (body: unknown): body is Problem =>
  typeof body === "object" && body !== null && "code" in body && typeof body.code === "string" && "detail" in body;
