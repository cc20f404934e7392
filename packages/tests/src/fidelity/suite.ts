import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createVitest, type TestCase, type TestModule, type Vitest } from "vitest/node";
import { root } from "../repository.ts";
import { differingRows } from "./differences.ts";
import { type Row, type TargetName, targetNames, type UncheckedRow } from "./row.ts";

const folder = "packages/tests/src/fidelity/";

/** All rows of the suite, without running any. */
export async function collectRows(): Promise<(Row | UncheckedRow)[]> {
  return withVitest([], async (vitest) => {
    // Not parsed but run as far as the registrations: `test` is called through `behaviour`.
    const { testModules, unhandledErrors } = await vitest.collect([folder], { staticParse: false });
    const errors = [...unhandledErrors.map(String), ...testModules.flatMap(errorsOf)];
    const rows = casesOf(testModules).flatMap((it) => it.meta().row ?? []);
    const ids = new Set(rows.map(({ id }) => id));
    errors.push(
      ...differingRows.filter((id) => !ids.has(id)).map((id) => `differences.ts names ${id}, which is no row`),
    );
    if (errors.length > 0) throw new Error(`The suite could not be read: ${errors.join("; ")}`);
    return rows;
  });
}

/** Runs the suite in this process's environment and says what became of each row. */
export async function runSuite(target: TargetName): Promise<{ result: Result; failures: string[] }> {
  return withVitest(["default"], async (vitest) => {
    const { testModules, unhandledErrors } = await vitest.start([folder]);
    const result: Result = { target, version: "", date: new Date().toISOString().slice(0, 10), rows: {} };
    const failures = [...unhandledErrors.map(String), ...testModules.flatMap(errorsOf)];
    for (const it of casesOf(testModules)) {
      const { row, version } = it.meta();
      if (row === undefined) {
        if (it.result().state === "failed") failures.push(it.fullName);
        continue;
      }
      if (version) result.version = version;
      if ("unchecked" in row) continue;
      const status = statusOf(it);
      result.rows[row.id] = status;
      if (status === "failed") failures.push(row.id);
    }
    return { result, failures };
  });
}

function statusOf(it: TestCase): Status {
  const { state } = it.result();
  if (state === "skipped") return "unsupported";
  if (state !== "passed") return "failed";
  return it.meta().differs ? "differs" : "passed";
}

function errorsOf(module: TestModule): string[] {
  return module.errors().map(({ message }) => `${module.relativeModuleId}: ${message}`);
}

function casesOf(modules: TestModule[]): TestCase[] {
  const cases = modules.flatMap((module) => [...module.children.allTests()]);
  return cases.sort((a, b) => a.module.moduleId.localeCompare(b.module.moduleId));
}

async function withVitest<T>(reporters: string[], work: (vitest: Vitest) => Promise<T>): Promise<T> {
  // `docs.test.ts` reads this suite; it is no part of it.
  const exclude = ["**/fidelity/docs.test.ts", "**/node_modules/**"];
  const vitest = await createVitest({
    root,
    config: "packages/tests/vitest.config.ts",
    run: true,
    watch: false,
    reporters,
    exclude,
  });
  try {
    return await work(vitest);
  } finally {
    await vitest.close();
  }
}

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
