import { appendFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ArchiveStore, openArchiveStore } from "./archive.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "archive-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const dayMs = 24 * 60 * 60 * 1000;
const event = (id: string, time: number) => ({ fields: { id, time: new Date(time).toISOString() }, time });
async function ids(store: ArchiveStore, from = 0, until = Number.POSITIVE_INFINITY): Promise<unknown[][]> {
  const minutes: unknown[][] = [];
  for await (const minute of store.read(from, until)) minutes.push(minute.map(({ fields }) => fields.id));
  return minutes;
}

test("events come by their time, a minute together, from its start to before its end", async () => {
  const store = openArchiveStore(join(folder, "order"));
  const noon = Date.parse("2026-11-24T12:00:00Z");
  await Promise.all([
    store.append([event("later", noon + 61_000), event("day after", noon + dayMs)]),
    store.append([event("second", noon + 2_000), event("first", noon + 1_000)]),
  ]);
  expect(await ids(store)).toEqual([["first", "second"], ["later"], ["day after"]]);
  expect(await ids(store, noon + 2_000, noon + 61_000)).toEqual([["second"]]);
});

test("what is older than the retention is gone, and its files with it", async () => {
  const at = join(folder, "old");
  await openArchiveStore(at).append([event("old", Date.now() - 9 * dayMs), event("new", Date.now() - dayMs)]);
  const store = openArchiveStore(at, 7);
  expect(await ids(store)).toEqual([["new"]]);
  await store.append([event("old too", Date.now() - 8 * dayMs), event("newest", Date.now())]);
  expect((await ids(store)).flat()).toEqual(["new", "newest"]);
  expect(await readdir(at)).toHaveLength(2);
});

test("half a line, of a process that was killed, harms no other", async () => {
  const at = join(folder, "half");
  const now = Date.now();
  await openArchiveStore(at).append([event("whole", now)]);
  const [file = ""] = await readdir(at);
  await appendFile(join(at, file), '{"id":"ha');
  const store = openArchiveStore(at);
  await store.append([event("next", now)]);
  await store.append([event("last", now)]);
  expect((await ids(store)).flat()).toEqual(["whole", "next", "last"]);
});
