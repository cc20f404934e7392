import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../repository.ts";
import setup from "../setup.ts";
import { type Copy, copyAll } from "./copy.ts";
import { isEquivalent } from "./equivalent.ts";
import { judge, mustPass, type Verdict } from "./judge.ts";
import { describeMutant, type Mutant } from "./mutant.ts";
import { mutantsOf } from "./mutate.ts";
import { sampleOf } from "./sample.ts";

const usage = `npm run test:mutation -- [--count N] [--seed N] [--only TEXT]... [--concurrency N] [--list]

Changes core, functions and infra in small ways, one at a time, in copies of the repository, and runs the tests that could notice.
  --count        mutants in the sample; 400 by default
  --seed         of the sample; by default the time, and printed
  --only         takes only mutants whose description begins with it: a folder, a file, or file:line
  --concurrency  mutants at once, each with a process of its own; 1 by default
  --list         lists the sample and runs nothing`;

interface Judged {
  mutant: Mutant;
  verdict: Verdict;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) {
    console.error(usage);
    return 2;
  }
  const { seed, count, only, concurrency } = options;
  const all = (await allMutants()).filter(
    (it) => only.length === 0 || only.some((text) => describeMutant(it).startsWith(text)),
  );
  const sample = sampleOf(all, count, seed);
  console.log(`seed ${seed}: ${sample.length} of ${all.length} mutants`);
  if (options.list) {
    for (const mutant of sample) console.log(describeMutant(mutant));
    return 0;
  }
  const tear = await setup();
  try {
    return report(seed, await judgeAll(sample, concurrency));
  } finally {
    await tear?.();
  }
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        count: { type: "string", default: "400" },
        seed: { type: "string", default: String(Date.now() % 1_000_000) },
        only: { type: "string", multiple: true, default: [] },
        concurrency: { type: "string", default: "1" },
        list: { type: "boolean", default: false },
      },
    });
    const [count, seed, concurrency] = [values.count, values.seed, values.concurrency].map(Number);
    if (!count || seed === undefined || Number.isNaN(seed) || !concurrency) return undefined;
    return { count, seed, concurrency, only: values.only, list: values.list };
  } catch {
    return undefined;
  }
}

/** Of all sources that run in production, except those that are provably the same. */
async function allMutants(): Promise<Mutant[]> {
  const sources: string[] = [];
  for await (const file of glob("packages/{core,functions,infra}/src/**/*.ts", { cwd: root })) {
    if (!/\.test\.ts$|\/testing\//.test(file)) sources.push(file);
  }
  const mutants = sources.sort().map(async (file) => mutantsOf(file, await readFile(join(root, file), "utf8")));
  return (await Promise.all(mutants)).flat().filter((mutant) => !isEquivalent(mutant));
}

async function judgeAll(sample: Mutant[], concurrency: number): Promise<Judged[]> {
  const waiting = [...sample];
  const judged: Judged[] = [];
  // All copies are of one moment, whatever is edited meanwhile.
  const copies = await Promise.all(Array.from({ length: concurrency }, copyAll));
  const work = async (copy: Copy) => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const started = performance.now();
      const verdict = await judge(copy, mutant);
      judged.push({ mutant, verdict });
      const seconds = Math.round((performance.now() - started) / 1000);
      console.log(`[${judged.length}/${sample.length}] ${verdict} (${seconds} s) ${describeMutant(mutant)}`);
    }
  };
  try {
    // A test that fails anyway would kill every mutant.
    for (const file of new Set(sample.map((mutant) => representative(mutant.file)))) {
      const [copy] = copies;
      if (copy !== undefined) await mustPass(copy, file);
    }
    await Promise.all(copies.map(work));
  } finally {
    for (const copy of copies) await copy.remove();
  }
  return judged;
}

/** A file whose related tests are all those of its package. */
function representative(file: string): string {
  return file.startsWith("packages/infra/") ? "packages/infra/src/stage.ts" : "packages/core/src/error.ts";
}

/** @returns the exit status: 0 when at least 95 % did not survive */
function report(seed: number, judged: Judged[]): number {
  const of = (...verdicts: Verdict[]) => judged.filter(({ verdict }) => verdicts.includes(verdict));
  for (const [verdict, title] of [
    ["survived", "Survived"],
    ["snapshot", "Noticed by the snapshot of the graph alone"],
    ["timeout", "Ended because it took too long"],
  ] as const) {
    const list = of(verdict);
    if (list.length > 0)
      console.log(`\n${title}:\n${list.map(({ mutant }) => `  ${describeMutant(mutant)}`).join("\n")}`);
  }
  const killed = of("killed", "timeout", "snapshot").length;
  const counted = killed + of("survived").length;
  const score = counted === 0 ? 100 : (100 * killed) / counted;
  const counts = (["killed", "timeout", "snapshot", "survived", "invalid"] as const).map(
    (it) => `${of(it).length} ${it}`,
  );
  console.log(`\nseed ${seed}: ${counts.join(", ")}; ${score.toFixed(1)} % of ${counted} that compile did not survive`);
  return score >= 95 ? 0 : 1;
}

process.exitCode = await main();
