import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { parseEnv } from "node:util";

/** Names that count from the shell even when `.env.example` does not list them. */
const alwaysVisible = /^(AWS_REGION|AWS_DEFAULT_REGION|SST_SECRET_.+)$/;

/**
 * The environment that sst.config.ts is evaluated in: a clean one, so that what happens to be set in a shell changes
 * nothing by accident.
 *
 * As in SST, `.env` does not replace what the shell sets and `.env.<stage>` replaces everything. Of the shell's
 * variables those count that `.env.example` or `.env` name, and the ones of {@link alwaysVisible}. Unlike SST, values are
 * taken as they are: `$NAME` inside a value is not expanded.
 *
 * @param root folder of sst.config.ts
 * @param stage name of the stage
 * @param options.ambient whether `.env` files and the shell count at all; if not, only `options.env` does
 * @param options.env has the last word; `undefined` removes a variable
 */
export function configEnvironment(
  root: string,
  stage: string,
  options: { ambient: boolean; env: Record<string, string | undefined> },
): Record<string, string> {
  const given = options.ambient ? ambient(root, stage) : {};
  const result: Record<string, string> = { TZ: "UTC" };
  for (const [name, value] of Object.entries({ ...given, ...options.env })) {
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** What a Node process needs to run at all; no part of what the configuration may depend on. */
export function processEnvironment(): Record<string, string> {
  const needed: Record<string, string> = {
    PATH: [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
  };
  for (const name of ["HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot"]) {
    const value = process.env[name];
    if (value !== undefined) needed[name] = value;
  }
  return needed;
}

function ambient(root: string, stage: string): Record<string, string | undefined> {
  const file = read(join(root, ".env"));
  const named = new Set([...Object.keys(file), ...exampleNames(root)]);
  const shell = Object.entries(process.env).filter(([name]) => named.has(name) || alwaysVisible.test(name));
  return { ...file, ...Object.fromEntries(shell), ...read(join(root, `.env.${stage}`)) };
}

/** Names in `.env.example`, also the commented ones: the file documents every variable of the configuration. */
function exampleNames(root: string): string[] {
  const file = join(root, ".env.example");
  if (!existsSync(file)) return [];
  return [...readFileSync(file, "utf8").matchAll(/^\s*#?\s*([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1] ?? "");
}

function read(file: string): NodeJS.Dict<string> {
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
}
