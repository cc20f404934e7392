import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { olderLog, openLog } from "./log.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "log-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const entry = (message: string) => ({ level: "info" as const, source: "consumer", message });
const messages = async (file: string) =>
  (await readFile(file, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).message);

test("a log that is full gives way to a new one, and nothing is lost between the two", async () => {
  const file = join(folder, "state/log.jsonl");
  const first = openLog(file, () => {}, 200);
  first.log(entry("one"));
  first.log(entry("two"));
  first.log(entry("three"));
  await first.close();
  const second = openLog(file, () => {}, 200);
  second.log(entry("four"));
  await second.close();
  expect([...(await messages(olderLog(file))), ...(await messages(file))]).toEqual(["one", "two", "three", "four"]);
  expect((await stat(file)).size).toBeLessThan(200);
});

test("only their owner looks into the folder and the log", async () => {
  const file = join(folder, "state/log.jsonl");
  const log = openLog(file, () => {});
  log.log(entry("one"));
  await log.close();
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect((await stat(join(folder, "state"))).mode & 0o077).toBe(0);
});
