import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { Copy } from "./copy.ts";
import { applied, type Mutant } from "./mutant.ts";

/**
 * `snapshot`: of the tests of the graph only the snapshot noticed. `invalid`: no test noticed, but it does not compile.
 */
export type Verdict = "killed" | "timeout" | "survived" | "snapshot" | "invalid";

/** Longer than all tests related to any file take here. */
const limitMs = 240_000;

const config = ["--config", "packages/tests/src/mutation/vitest.config.ts"];
const graph = "packages/tests/src/graph";
const snapshot = `${graph}/snapshot.test.ts`;

/** Makes the change in the copy, runs what could notice, and takes the change back. */
export async function judge(copy: Copy, mutant: Mutant): Promise<Verdict> {
  const source = await readFile(join(copy.root, mutant.file), "utf8");
  await copy.write(mutant.file, applied(source, mutant));
  try {
    const isInfra = mutant.file.startsWith("packages/infra/");
    const tests = await run(copy, mutant, isInfra ? graphTests : ["related", mutant.file, "--run", ...config]);
    if (tests !== "passed") return tests === "failed" ? "killed" : "timeout";
    if (isInfra && (await run(copy, mutant, ["run", snapshot, ...config])) !== "passed") return "snapshot";
    return (await compiles(copy, mutant)) ? "survived" : "invalid";
  } finally {
    await copy.write(mutant.file, source);
  }
}

const graphTests = ["run", "packages/infra", graph, "--exclude", snapshot, ...config];

/** Runs every test that could notice a mutant, on the source as it is. @throws Error when one fails */
export async function mustPass(copy: Copy, file: string): Promise<void> {
  const args = file.startsWith("packages/infra/") ? graphTests : ["related", file, "--run", ...config];
  const status = await run(copy, { file }, args, "inherit");
  if (status !== "passed") throw new Error(`Without any mutant the tests of ${file} have ${status}`);
  if (!(await compiles(copy, { file }))) throw new Error("Without any mutant the repository does not compile");
}

async function compiles(copy: Copy, mutant: { file: string }): Promise<boolean> {
  const projects = mutant.file.startsWith("packages/infra/")
    ? ["tsconfig.json", "packages/infra/tsconfig.json"]
    : ["tsconfig.json"];
  for (const project of projects) if ((await command(copy, mutant, "tsc", ["-p", project])) !== 0) return false;
  return true;
}

async function run(
  copy: Copy,
  mutant: { file: string },
  args: string[],
  output: "ignore" | "inherit" = "ignore",
): Promise<"passed" | "failed" | "timeout"> {
  const status = await command(copy, mutant, "vitest", args, output);
  return status === undefined ? "timeout" : status === 0 ? "passed" : "failed";
}

/** @returns the exit status; undefined when it was ended, with all it had started, because it took too long */
async function command(
  copy: Copy,
  { file }: { file: string },
  name: string,
  args: string[],
  output: "ignore" | "inherit" = "ignore",
): Promise<number | undefined> {
  const child = spawn(join(copy.root, "node_modules/.bin", name), args, {
    cwd: copy.root,
    env: { ...process.env, MUTANT_FILE: file },
    stdio: output,
    detached: true,
  });
  const ended = new AbortController();
  const exit = once(child, "exit").then(([status]: (number | null)[]) => status ?? 1);
  const late = after(limitMs, undefined, { signal: ended.signal }).catch(() => undefined);
  const status = await Promise.race([exit, late]);
  ended.abort();
  if (status === undefined && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  await exit;
  return status;
}
