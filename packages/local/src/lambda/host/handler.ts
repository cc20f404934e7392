import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { runtimeError } from "./message.ts";

export type Handler = (event: unknown, context: object) => unknown;

/**
 * Loads `module.export` from the task root as Lambda's Node.js 24 runtime does.
 *
 * @throws Error named `Runtime.ImportModuleError`, `Runtime.UserCodeSyntaxError`, `Runtime.HandlerNotFound` or
 * `Runtime.CallbackHandlerDeprecated`; what the module itself throws is passed on.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const folder = path.dirname(handler);
  const [name = "", ...exported] = path.basename(handler).split(".");
  const module = await importModule(path.join(taskRoot, folder, name));
  let value: unknown = module;
  for (const key of exported) value = (value as Record<string, unknown> | undefined)?.[key];
  if (value === undefined) throw runtimeError("HandlerNotFound", `${handler} is undefined or not exported`);
  if (typeof value !== "function") throw runtimeError("HandlerNotFound", `${handler} is not a function`);
  if (value.length >= 3) {
    throw runtimeError(
      "CallbackHandlerDeprecated",
      "AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. " +
        "Make the handler an async function of (event, context).",
    );
  }
  return value as Handler;
}

async function importModule(base: string): Promise<unknown> {
  const file = [".mjs", ".js", ".cjs"].map((extension) => base + extension).find((candidate) => existsSync(candidate));
  if (file === undefined) {
    throw runtimeError("ImportModuleError", `Error: Cannot find module '${path.basename(base)}'`);
  }
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw runtimeError("UserCodeSyntaxError", String(error), error);
    if (isMissingModule(error)) throw runtimeError("ImportModuleError", String(error), error);
    throw error;
  }
}

function isMissingModule(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "MODULE_NOT_FOUND" || error.code === "ERR_MODULE_NOT_FOUND";
}
