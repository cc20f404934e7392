import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { table } from "../markdown.ts";
import { root } from "../repository.ts";
import { areas, type Evidence, type Row, type UncheckedRow } from "./row.ts";
import { collectRows, type Result, readResults, type Status } from "./suite.ts";

type AnyRow = Row | UncheckedRow;

const statuses = ["passed", "differs", "failed", "unsupported"] as const;
const marks: Record<Status, string> = { passed: "✓", differs: "≠", failed: "✗", unsupported: "–" };

/** docs/fidelity.md: every row by area, what each target did, and the evidence. */
function describeSuite(rows: AnyRow[], results: Result[]): string {
  const unchecked = rows.filter((row) => "unchecked" in row);
  return [
    "# Fidelity",
    "",
    "What this project relies on AWS to do, or could be hurt by, one row a behaviour: what was seen to do it, and why it is",
    "believed that AWS does. Written by `npm run docs:fidelity` from `packages/tests/src/fidelity`; `npm test` says when it has drifted.",
    "",
    "✓ does what the row says · ≠ is known to differ, explained below the table · ✗ failed · – has no such thing, not run ·",
    "? nobody could check it here · empty: not run since the row was written. Nobody has run these rows on AWS itself until",
    "a column of its own says so.",
    "",
    `${rows.length} rows, ${unchecked.length} of them unchecked; ` +
      `${rows.filter(({ evidence }) => evidence.kind === "recording").length} rest on published recordings of AWS.`,
    "",
    table(["target", "version", "day", ...statuses.map((status) => marks[status])], results.map(describeResult)),
    "",
    ...[...Map.groupBy(rows, ({ area }) => area)]
      .toSorted(([a], [b]) => areas.indexOf(a) - areas.indexOf(b))
      .flatMap(([area, its]) => describeArea(area, its, results)),
  ].join("\n");
}

function describeResult({ target, version, date, rows }: Result): (string | number)[] {
  const all = Object.values(rows);
  return [target, version, date, ...statuses.map((status) => all.filter((it) => it === status).length)];
}

function describeArea(area: string, rows: AnyRow[], results: Result[]): string[] {
  const head = ["behaviour", ...results.map(({ target }) => target), "evidence"];
  const lines = rows.map((row) => [
    `${cell(row.says)} <sub>${row.id}</sub>`,
    ...results.map((result) => ("unchecked" in row ? "?" : markOf(result.rows[row.id]))),
    describeEvidence(row.evidence, row.docs),
  ]);
  return [`## ${area}`, "", table(head, lines), "", ...notesOf(rows)];
}

/** Empty when the row is younger than the target's last run. */
const markOf = (status: Status | undefined): string => (status === undefined ? "" : marks[status]);

function describeEvidence({ kind, source, date }: Evidence, docs: string): string {
  const page = `[page](${docs})`;
  if (kind === "documentation") return page;
  if (kind === "none") return `${page}; none: ${cell(source)}`;
  return `${page}; ${kind}${date === undefined ? "" : ` of ${date}`}: ${cell(source)}`;
}

function notesOf(rows: AnyRow[]): string[] {
  const notes = rows.flatMap((row) => [
    ...("unchecked" in row ? [`- \`${row.id}\` unchecked: ${row.unchecked}`] : []),
    ...Object.entries(row.differences ?? {}).map(([target, why]) => `- \`${row.id}\` on ${target}: ${why}`),
  ]);
  return notes.length === 0 ? [] : [...notes, ""];
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

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
