import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { breaksBetween, type Document } from "./compatibility/compare.ts";
import { makeDocument } from "./document/document.ts";
import { lint } from "./lint.ts";

/*
 * `npm run openapi` writes the OpenAPI document, from the routes' schemas and the tables beside this file. With `--check` it
 * fails when the committed one is another, breaks a rule of OpenAPI, or breaks clients of the last released one; a new major
 * version in info.ts may break them. With `--release` it makes the document the one that clients have.
 */

const root = join(import.meta.dirname, "../../..");
const file = join(root, "docs/openapi.json");
const releasedFile = join(root, "docs/released/openapi.json");
const document = makeDocument();
const text = `${JSON.stringify(document, undefined, 2)}\n`;

const findings = await lint(document);
const released = await readFile(releasedFile, "utf8").catch(() => undefined);
if (released !== undefined) findings.push(...breaksSince(JSON.parse(released)));
if (process.argv.includes("--check")) {
  if (released === undefined) findings.push(`${relative(root, releasedFile)} is missing: run npm run openapi:release`);
  const committed = await readFile(file, "utf8").catch(() => "");
  if (committed !== text) findings.push(`${relative(root, file)} is out of date: run npm run openapi`);
} else {
  await write(file);
  if (process.argv.includes("--release") && findings.length === 0) await write(releasedFile);
}
for (const finding of findings) console.error(finding);
if (findings.length > 0) process.exitCode = 1;

async function write(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function breaksSince(before: Document & { info: { version: string } }): string[] {
  const [was, is] = [before.info.version, document.info.version].map((version) => Number(version.split(".")[0]));
  if (Number(is) > Number(was)) return [];
  // Text and back: what is compared is what clients read.
  const breaks = breaksBetween(before, JSON.parse(text));
  return breaks.map((reason) => `It breaks clients of ${before.info.version}: ${reason}`);
}
