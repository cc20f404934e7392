import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../repository.ts";

/** What only this app says. The names of packages, which begin with the repository's, are no knowledge of it. */
const words = /(?<!@)appointment|insured|schedule_?id|countr(?:y|ies)|peru|chile|\b(?:PE|CL)\b|citas|SQS_CONFIRMATION/i;

test.each(["graph", "local"])("packages/%s knows nothing of this app", async (name) => {
  const folder = join(root, "packages", name, "src");
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(20);
  const found: string[] = [];
  for (const file of files) {
    const lines = (await readFile(join(folder, file), "utf8")).split("\n");
    for (const [index, line] of lines.entries())
      if (words.test(line)) found.push(`${file}:${index + 1} ${line.trim()}`);
  }
  expect(found).toEqual([]);
});
