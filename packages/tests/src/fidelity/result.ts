import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type TargetName, targetNames } from "./row.ts";

/** `differs`: failed as the row says it does there. `unsupported`: the target has no such thing, so it was not run. */
export type Status = "passed" | "differs" | "failed" | "unsupported";

/** What one run of the suite on one target came to. */
export interface Result {
  target: TargetName;
  version: string;
  /** Day of the run. */
  date: string;
  rows: Record<string, Status>;
}

function fileOf(target: TargetName): string {
  return fileURLToPath(new URL(`results/${target}.json`, import.meta.url));
}

export async function writeResult(result: Result): Promise<string> {
  const rows = Object.fromEntries(Object.entries(result.rows).sort(([a], [b]) => a.localeCompare(b)));
  await writeFile(fileOf(result.target), `${JSON.stringify({ ...result, rows }, undefined, 2)}\n`);
  return fileOf(result.target);
}

/** The last results of the targets that somebody has run. */
export async function readResults(): Promise<Result[]> {
  const found = await Promise.all(targetNames.map(readResult));
  return found.filter((result) => result !== undefined);
}

async function readResult(target: TargetName): Promise<Result | undefined> {
  const json = await readFile(fileOf(target), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return json === undefined ? undefined : (JSON.parse(json) as Result); // written by writeResult
}
