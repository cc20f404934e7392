import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { targetPrograms } from "../../fidelity/targets/programs.ts";
import { root } from "../../repository.ts";

export const targetNames = ["embedded", ...Object.keys(targetPrograms)];

/** What a whole run of the integration suite on one target came to. */
export interface Outcome {
  target: string;
  /** Name and version of the program. */
  version: string;
  /** Git commit; `+` after it when the product had changes that were not committed. */
  commit: string;
  /** UTC, ISO 8601, when the run began. */
  at: string;
  database: string;
  passed: number;
  skipped: number;
  /** Names of the tests. */
  failed: string[];
}

const page = join(root, "docs/targets.md");
const fileOf = (target: string) => join(import.meta.dirname, "results", `${target}.json`);

/** Keeps an outcome in the place of the target's last one, and writes the page. */
export async function writeOutcome(outcome: Outcome): Promise<void> {
  const file = fileOf(outcome.target);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(outcome, undefined, 2)}\n`);
  await writeFile(page, withOutcomes(await readFile(page, "utf8"), await readOutcomes()));
}

/** The last outcome of each target that somebody has run. */
export async function readOutcomes(): Promise<Outcome[]> {
  const found = await Promise.all(
    targetNames.map((target) =>
      readFile(fileOf(target), "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      }),
    ),
  );
  return found.flatMap((json) => (json === undefined ? [] : [JSON.parse(json) as Outcome])); // written by writeOutcome
}

const [begin, end] = ["<!-- outcomes: written by `npm run test:integration` -->", "<!-- /outcomes -->"];

/** The page with these outcomes between its markers. */
export function withOutcomes(text: string, outcomes: Outcome[]): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`docs/targets.md lacks ${begin} … ${end}`);
  const rows = targetNames.map((target) =>
    rowOf(
      target,
      outcomes.find((outcome) => outcome.target === target),
    ),
  );
  const failures = outcomes.flatMap(({ target, failed }) => failed.map((name) => `- failed on \`${target}\`: ${name}`));
  const table = [
    "| integration suite on | run on | commit, UTC | passed | failed | skipped |",
    "|---|---|---|---|---|---|",
    ...rows,
  ];
  const parts = [begin, "", ...table, "", ...(failures.length > 0 ? [...failures, ""] : []), end];
  return text.slice(0, from) + parts.join("\n") + text.slice(to + end.length);
}

function rowOf(target: string, outcome: Outcome | undefined): string {
  if (outcome === undefined) return `| \`${target}\` | no run is kept | | | | |`;
  const { version, database, commit, at, passed, failed, skipped } = outcome;
  const on = version === target ? database : `${version}, ${database}`;
  return `| \`${target}\` | ${on} | \`${commit}\`, ${at.slice(0, 16).replace("T", " ")} | ${passed} | ${failed.length} | ${skipped} |`;
}
