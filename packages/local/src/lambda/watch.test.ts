import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { GraphFunction } from "@appointments/graph/graph";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFunction, type LocalFunction } from "./function.ts";
import type { FunctionLog } from "./log.ts";
import { type Watcher, watchFunctions } from "./watch.ts";

vi.setConfig({ testTimeout: 30_000 });

let root: string;
let logs: FunctionLog[];
let functions: LocalFunction[];
let watcher: Watcher | undefined;
const log = (line: FunctionLog) => void logs.push(line);

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "watch-test-"));
  logs = [];
  functions = [];
});

afterEach(async () => {
  await watcher?.stop();
  await Promise.all(functions.map((fn) => fn.stop(0)));
  await rm(root, { recursive: true, force: true });
});

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
}

async function create(name: string, copyFiles: GraphFunction["build"]["copyFiles"] = []): Promise<LocalFunction> {
  const fn: GraphFunction = {
    name,
    functionName: `app-local-${name}`,
    arn: `arn:aws:lambda:us-east-1:123456789012:function:app-local-${name}`,
    handler: `src/${name}.handler`,
    runtime: "nodejs24.x",
    architectures: ["arm64"],
    memoryMb: 256,
    timeoutSeconds: 10,
    environment: {},
    links: [],
    statements: [],
    managedPolicies: [],
    build: { nodejs: {}, copyFiles },
  };
  const created = await createFunction({ fn, env: {}, root, outDir: path.join(root, ".local/functions"), log });
  functions.push(created);
  return created;
}

async function watch(): Promise<void> {
  watcher = watchFunctions(functions, root, log);
  await watcher.ready;
}

const answer = async (fn: LocalFunction) => {
  const result = await fn.invoke({});
  return result.ok ? result.payload : result.errorMessage;
};

test("an edit is in service within a second, with one log line, and only where it belongs", async () => {
  await write("src/shared/value.ts", "export const value = 1;");
  await write("src/a.ts", "import { value } from './shared/value.ts'; export const handler = async () => value;");
  await write("src/b.ts", "export const handler = async () => 'b';");
  const a = await create("a");
  const b = await create("b");
  expect(await answer(a)).toBe(1);
  const unchanged = b.bundle();
  await watch();

  const before = performance.now();
  await write("src/shared/value.ts", "export const value = 2;");
  await expect.poll(() => logs.length, { interval: 10 }).toBe(1);
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(logs[0]).toMatchObject({ function: "a", message: expect.stringMatching(/^a reloaded in \d+ ms/) });
  expect(await answer(a)).toBe(2);
  expect(b.bundle()).toBe(unchanged);
});

test("a file that an editor replaces is seen, again and again", async () => {
  await write("src/a.ts", "export const handler = async () => 1;");
  const a = await create("a");
  await watch();
  for (const version of [2, 3]) {
    await write("src/a.ts.new", `export const handler = async () => ${version};`);
    await rename(path.join(root, "src/a.ts.new"), path.join(root, "src/a.ts"));
    await expect.poll(() => answer(a), { timeout: 5_000 }).toBe(version);
  }
});

test("a mistake is named and the last version stays; the correction comes into service, also from a new file", async () => {
  await write("src/a.ts", "export const handler = async () => 1;");
  const a = await create("a");
  await watch();
  await write("src/a.ts", "import { value } from './later.ts'; export const handler = async () => value;");
  await expect.poll(() => logs[0]?.message).toEqual(expect.stringContaining("src/a.ts:1:23: "));
  expect(await answer(a)).toBe(1);
  await write("src/later.ts", "export const value = 2;");
  await expect.poll(() => answer(a), { timeout: 5_000 }).toBe(2);
});

test("a file that is copied beside the bundle belongs to it", async () => {
  await write("migrations/1.sql", "one");
  await write(
    "src/a.ts",
    "import { readdirSync } from 'node:fs'; export const handler = async () => readdirSync('migrations/sql').join();",
  );
  const a = await create("a", [{ from: "migrations", to: "migrations/sql" }]);
  expect(await answer(a)).toBe("1.sql");
  await watch();
  await write("migrations/2.sql", "two");
  await expect.poll(() => answer(a), { timeout: 5_000 }).toBe("1.sql,2.sql");
});

test("a save that changes nothing replaces nothing", async () => {
  await write("src/a.ts", "export const handler = async () => 1;");
  const a = await create("a");
  await a.invoke({});
  const [before] = a.environments();
  await watch();
  await write("src/a.ts", "export const handler = async () => 1;");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(a.environments()[0]?.pid).toBe(before?.pid);
  expect(logs).toEqual([]);
});
