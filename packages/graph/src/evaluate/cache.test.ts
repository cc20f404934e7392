import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Graph } from "../graph.ts";
import { openCache } from "./cache.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cache-"));
  for (const path of ["sst.config.ts", "infra/names.ts", "infra/deep/more.ts", "sql/north/1.sql", "pnpm-lock.yaml"])
    write(path, "");
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

const inputs = ["sst.config.ts", "infra/names.ts"];
/** As little of a graph as the cache looks at. */
const graph = { functions: [{ build: { copyFiles: [{ from: "sql/north" }] } }] } as Graph;

async function keep(of: Record<string, unknown> = { stage: "dev" }, since = Date.now() + 60_000): Promise<void> {
  const paths = inputs.map((path) => join(root, path));
  await (await openCache(root, of)).keep(graph, paths, since);
}

async function find(of: Record<string, unknown> = { stage: "dev" }): Promise<Graph | undefined> {
  return (await openCache(root, of)).find();
}

function entries(): string[] {
  return readdirSync(join(root, ".sst/graph"));
}

test("what was kept is found", async () => {
  expect(await find()).toBeUndefined();
  await keep();
  expect(await find()).toEqual(graph);
});

test.each([
  ["sst.config.ts", "sst.config.ts"],
  ["a module it imports", "infra/names.ts"],
  ["a file beside what it imports", "infra/deep/more.ts"],
  ["a new file beside what it imports", "infra/new.ts"],
  ["a file that a function ships", "sql/north/1.sql"],
  ["a new file that a function ships", "sql/north/2.sql"],
  ["the lock file", "pnpm-lock.yaml"],
])("it is not found once %s changed", async (_, path) => {
  await keep();
  write(path, "changed");
  expect(await find()).toBeUndefined();
});

test("it is not found once a file is gone", async () => {
  await keep();
  rmSync(join(root, "infra/deep/more.ts"));
  expect(await find()).toBeUndefined();
});

test("it is found although other files changed", async () => {
  await keep();
  write("src/handler.ts", "changed");
  expect(await find()).toEqual(graph);
});

test("each stage and environment has an entry of its own", async () => {
  await keep({ stage: "dev", env: { A: "1" } });
  expect(await find({ stage: "dev", env: { A: "2" } })).toBeUndefined();
  expect(await find({ stage: "production", env: { A: "1" } })).toBeUndefined();
});

test("nothing is kept when a file changed while the graph was made", async () => {
  await keep({ stage: "dev" }, Date.now() - 60_000);
  expect(await find()).toBeUndefined();
});

test("a damaged entry is no answer", async () => {
  await keep();
  write(`.sst/graph/${entries()[0]}`, "{");
  expect(await find()).toBeUndefined();
});

test("the entries used last are kept, and what was left behind long ago is removed", async () => {
  await keep();
  const old = new Date(Date.now() - 24 * 60 * 60_000);
  for (let i = 0; i < 40; i++) {
    write(`.sst/graph/${i}.json`, "{}");
    utimesSync(join(root, `.sst/graph/${i}.json`), old, old);
  }
  write(".sst/graph/work-old/file", "");
  utimesSync(join(root, ".sst/graph/work-old"), old, old);
  mkdirSync(join(root, ".sst/graph/work-young"));
  await keep({ stage: "other" });
  expect(entries().filter((name) => name.endsWith(".json"))).toHaveLength(24);
  expect(entries()).toContain("work-young");
  expect(entries()).not.toContain("work-old");
  expect(await find()).toEqual(graph);
});

test("entries may hold passwords: only their owner reads them", async () => {
  await keep();
  expect(statSync(join(root, ".sst/graph", entries()[0] ?? "")).mode & 0o077).toBe(0);
});
