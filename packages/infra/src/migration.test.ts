import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hashOf } from "./migration.ts";

test("migrations run again when one of them, or its name, changes, and not otherwise", async () => {
  const folder = await mkdtemp(join(tmpdir(), "migrations-"));
  try {
    await mkdir(join(folder, "meta"));
    await writeFile(join(folder, "1.sql"), "create table a (id int)");
    await writeFile(join(folder, "meta", "journal.json"), "[]");
    const hashes = [hashOf(folder)];
    expect(hashOf(folder)).toBe(hashes[0]);
    await writeFile(join(folder, "1.sql"), "create table b (id int)");
    hashes.push(hashOf(folder));
    await writeFile(join(folder, "meta", "journal.json"), "[1]");
    hashes.push(hashOf(folder));
    await rename(join(folder, "1.sql"), join(folder, "2.sql"));
    hashes.push(hashOf(folder));
    expect(new Set(hashes).size).toBe(hashes.length);
  } finally {
    await rm(folder, { recursive: true });
  }
});
