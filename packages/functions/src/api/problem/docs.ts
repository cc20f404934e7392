import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { errorsPage } from "./page.ts";

/* Writes docs/errors.md; with --check it only says whether the page is as the code has it. */

const file = new URL("../../../../../docs/errors.md", import.meta.url);
const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
if (!values.check) await writeFile(file, errorsPage());
else if ((await readFile(file, "utf8").catch(() => "")) !== errorsPage()) {
  console.error("docs/errors.md is out of date: npm run docs:errors");
  process.exitCode = 1;
}
