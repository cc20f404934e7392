import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
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

const errorsOf = (module: TestModule): string[] =>
  module.errors().map(({ message }) => `${module.relativeModuleId}: ${message}`);

const casesOf = (modules: TestModule[]): TestCase[] =>
  modules.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId)).flatMap((module) => [...module.children.allTests()]);

async function withVitest<T>(reporters: string[], work: (vitest: Vitest) => Promise<T>): Promise<T> {
  // `docs.test.ts` reads this suite; it is no part of it.
  const exclude = ["**/fidelity/docs.test.ts", "**/node_modules/**"];
  const config = "packages/tests/vitest.config.ts";
  const vitest = await createVitest({ root, config, run: true, watch: false, reporters, exclude });
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

const fileOf = (target: TargetName): string => join(import.meta.dirname, `results/${target}.json`);

export async function writeResult(result: Result): Promise<string> {
  const rows = Object.fromEntries(Object.entries(result.rows).sort(([a], [b]) => a.localeCompare(b)));
  await writeFile(fileOf(result.target), `${JSON.stringify({ ...result, rows }, undefined, 2)}\n`);
  return fileOf(result.target);
}

/** The last results of the targets that somebody has run. */
export async function readResults(): Promise<Result[]> {
  const files = targetNames.map(fileOf).filter((file) => existsSync(file));
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(file, "utf8")) as Result)); // by writeResult
}
