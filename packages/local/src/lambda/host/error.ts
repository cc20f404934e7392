import { types } from "node:util";
import type { LambdaError } from "./message.ts";

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
