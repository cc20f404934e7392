import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../repository.ts";
import { areas, type Evidence, type Row, type UncheckedRow } from "./row.ts";
import { collectRows, type Result, readResults, type Status } from "./suite.ts";

type AnyRow = Row | UncheckedRow;

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
    "| target | version | day | ✓ | ≠ | ✗ | – |",
    "|---|---|---|---|---|---|---|",
    ...results.map(describeResult),
    "",
    ...areas.flatMap((area) =>
      describeArea(
        area,
        rows.filter((row) => row.area === area),
        results,
      ),
    ),
  ].join("\n");
}

function describeResult({ target, version, date, rows }: Result): string {
  const count = (status: Status) => Object.values(rows).filter((it) => it === status).length;
  return `| ${target} | ${version} | ${date} | ${(["passed", "differs", "failed", "unsupported"] as const).map(count).join(" | ")} |`;
}

function describeArea(area: string, rows: AnyRow[], results: Result[]): string[] {
  if (rows.length === 0) return [];
  return [
    `## ${area}`,
    "",
    `| behaviour | ${results.map(({ target }) => target).join(" | ")} | evidence |`,
    `|---|${"---|".repeat(results.length)}---|`,
    ...rows.map((row) => describeRow(row, results)),
    "",
    ...notesOf(rows),
  ];
}

function describeRow(row: AnyRow, results: Result[]): string {
  const marksOf = results.map(({ rows }) => ("unchecked" in row ? "?" : markOf(rows[row.id])));
  return `| ${cell(row.says)} <sub>${row.id}</sub> | ${marksOf.join(" | ")} | ${describeEvidence(row.evidence, row.docs)} |`;
}

/** Empty when the row is younger than the target's last run. */
function markOf(status: Status | undefined): string {
  return status === undefined ? "" : marks[status];
}

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

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

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
