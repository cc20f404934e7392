import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../repository.ts";
import { describeSuite } from "./docs.table.ts";
import { readResults } from "./result.ts";
import { collectRows } from "./suite.ts";

/** Writes docs/fidelity.md from the rows and the kept results; `--check` only says whether it has drifted. */
const file = join(root, "docs/fidelity.md");
const text = describeSuite(await collectRows(), await readResults());
if (process.argv.includes("--check")) {
  const current = await readFile(file, "utf8").catch(() => "");
  if (current !== text) {
    console.error("docs/fidelity.md is not what rows and results say: npm run docs:fidelity writes it anew.");
    process.exitCode = 1;
  }
} else {
  await writeFile(file, text);
}
