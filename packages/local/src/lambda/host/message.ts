import { types } from "node:util";

/** An error as Lambda's runtime reports it. */
export interface LambdaError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/** From the pool to an execution environment: one event. `event` is JSON text. */
export interface InvokeMessage {
  type: "invoke";
  requestId: string;
  /** Epoch milliseconds at which the function's time is over. */
  deadline: number;
  functionArn: string;
  traceId: string;
  event: string;
}

/** From an execution environment to the pool. */
export type HostMessage =
  | { type: "ready" }
  /** Nothing is left to do until the next event. */
  | { type: "idle" }
  /** The module did not load; the process ends after it. */
  | { type: "init-error"; error: LambdaError }
  /** `payload` is JSON text. */
  | { type: "response"; requestId: string; payload: string }
  | { type: "error"; requestId: string; error: LambdaError }
  /** An uncaught exception or unhandled rejection; the process ends after it. */
  | { type: "fatal"; error: LambdaError };

/** An error of the runtime itself, named as Lambda names it. */
export function runtimeError(name: string, message: string, cause?: unknown): Error {
  const error = new Error(message, { cause });
  error.name = `Runtime.${name}`;
  if (cause instanceof Error && cause.stack !== undefined) error.stack = cause.stack;
  return error;
}

/**
 * The error document that Lambda answers when a handler throws. Anything can be thrown; anything can be named.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
export function toLambdaError(thrown: unknown): LambdaError {
  try {
    if (types.isNativeError(thrown)) {
      return { errorType: thrown.name, errorMessage: thrown.message, trace: String(thrown.stack).split("\n") };
    }
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  } catch {
    return { errorType: "handled", errorMessage: "An error was thrown that could not be read" };
  }
}
