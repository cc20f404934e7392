import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../repository.ts";
import { describeResults } from "./docs.ts";
import { readResults } from "./results.ts";

test("docs/reliability.md says what the kept results say", async () => {
  // When it does not: npm run docs:fault.
  expect(await readFile(join(root, "docs/reliability.md"), "utf8")).toBe(describeResults(readResults()));
});
