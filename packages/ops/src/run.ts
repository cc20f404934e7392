import { resolve } from "node:path";
import { AppError } from "@appointments/core/error";
import { commandOf } from "./command.ts";
import { helpOn } from "./help.ts";
import { OpsError, readOptions, UsageError } from "./options.ts";
import { chooseSite } from "./site.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Runs one command line. Never rejects.
 *
 * @returns the exit code: 0 done, 1 failed or something differs, 2 for a wrong command line.
 */
export async function run(
  args: string[],
  terminal: Terminal,
  env: Record<string, string | undefined> = process.env,
): Promise<number> {
  try {
    const { values, positionals } = readOptions(args);
    if (values.help) {
      terminal.out(helpOn(positionals));
      return 0;
    }
    const work = commandOf(positionals, values);
    const site = await chooseSite(resolve(values.data ?? ".local"), env);
    terminal.note(`On ${site.name}`);
    try {
      return await work(site, terminal);
    } finally {
      await site.close();
    }
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.note(`${error.message}\n\nnpm run ops -- --help lists the commands.`);
      return 2;
    }
    terminal.note(sayable(error));
    return 1;
  }
}

/** A foreign error's message can hold values of rows and messages: only its name is said. */
function sayable(error: unknown): string {
  if (error instanceof OpsError) return error.message;
  if (error instanceof AppError) return `${error.code}: ${error.message}`;
  if (!(error instanceof Error)) return "It failed, and nothing said why";
  // Ours, of the SDK for links, and of files: they speak of names only.
  if ("syscall" in error || error.message.includes("is not linked")) return error.message;
  if (/Credentials|ExpiredToken|AccessDenied|UnrecognizedClient|SignatureDoesNotMatch/.test(error.name)) {
    return `AWS says ${error.name}: check as whom this runs, and what they may do`;
  }
  const frame = error.stack?.split("\n").find((line) => /^\s+at /.test(line));
  return `It failed with ${error.name}${"code" in error ? ` (${String(error.code)})` : ""}${frame ?? ""}`;
}
