import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { makeDocument } from "./document/document.ts";
import { lint } from "./lint.ts";

/*
 * `npm run openapi` writes the OpenAPI document, from the routes' schemas and the tables beside this file; with `--check`
 * it fails when the committed one is another, or breaks a rule of OpenAPI.
 */

const root = join(import.meta.dirname, "../../..");
const file = join(root, "docs/openapi.json");
const document = makeDocument();
const text = `${JSON.stringify(document, undefined, 2)}\n`;

const findings = await lint(document);
if (process.argv.includes("--check")) {
  const committed = await readFile(file, "utf8").catch(() => "");
  if (committed !== text) findings.push(`${relative(root, file)} is out of date: run npm run openapi`);
} else {
  await writeFile(file, text);
}
for (const finding of findings) console.error(finding);
if (findings.length > 0) process.exitCode = 1;
