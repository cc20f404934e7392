import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startTestSystem } from "../../integration/system.ts";
import { root } from "../../repository.ts";
import { report } from "./report.ts";
import { walk } from "./walk.ts";

/*
 * `npm run test:walk` walks over the document for 50,000 requests and writes what came of it to docs/security.md;
 * `-- --requests N --seed N` walks another way and writes nothing.
 */

const { values } = parseArgs({ options: { requests: { type: "string" }, seed: { type: "string" } } });
const requests = Number(values.requests ?? 50_000);
const seed = Number(values.seed ?? 20261124);

const startedAt = performance.now();
const system = await startTestSystem();
const walked = await walk(system, { requests, seed });
const seconds = Math.round((performance.now() - startedAt) / 1000);
for (const finding of walked.findings) console.error(finding);
if (walked.findings.length > 0) process.exitCode = 1;
await system.remove();
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
const text = report(walked, { commit, date: new Date().toISOString().slice(0, 10), seconds });
console.log(text);
if (values.requests === undefined && values.seed === undefined) await write(text);

/** Puts the text between the marks of the page, which must be there. */
async function write(text: string): Promise<void> {
  const file = join(root, "docs/security.md");
  const page = await readFile(file, "utf8");
  const marks = /(<!-- walk: made by `npm run test:walk` -->\n)[\s\S]*(<!-- \/walk -->)/;
  if (!marks.test(page)) throw new Error("docs/security.md has no place for the walk");
  await writeFile(
    file,
    page.replace(marks, (_all, begin, end) => `${begin}\n${text}\n\n${end}`),
  );
}
