import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MutantResult, PartialStrykerOptions } from "@stryker-mutator/api/core";
import { Stryker } from "@stryker-mutator/core";
import { readCommandLine, refuse } from "../command-line.ts";
import { copyRepository } from "../repository.ts";
import setup from "../setup.ts";
import { allMutants, describeMutant } from "./mutants.ts";
import { sampleOf } from "./sample.ts";

const usage = `npm run test:mutation -- [--count N] [--seed N] [--only TEXT]... [--list]

Lets Stryker change core, functions and infra in small ways, one at a time, in a copy of the repository, and runs the tests that
could notice.
  --count  mutants in the sample; 400 by default
  --seed   of the sample; by default the time, and printed
  --only   runs only those of the sample whose description begins with it: a package, a file, or file:line
  --list   lists them and runs nothing`;

function readOptions() {
  const { values } = readCommandLine(usage, {
    count: { type: "string", default: "400" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    only: { type: "string", multiple: true, default: [] },
    list: { type: "boolean", default: false },
  });
  const [count, seed] = [Number(values.count), Number(values.seed)];
  if (!(count > 0) || !Number.isInteger(seed)) return refuse("--count and --seed are numbers", usage);
  return { ...values, count, seed };
}

const here = (file: string) => join(import.meta.dirname, file);
const configs = "packages/tests/src/mutation";

/** In Stryker's own process, which knows which test covers which mutant. */
const inProcess: PartialStrykerOptions = {
  testRunner: "vitest",
  vitest: { configFile: `${configs}/vitest.config.ts`, related: false },
};
/** The one of the tests below that edits a source, which Stryker has rewritten. */
const editsASource = "restored from the snapshot";

/** sst.config.ts is evaluated in a process of its own, which knows the mutant from its environment (`graphOf`). */
const asCommand = (tests: string): PartialStrykerOptions => ({
  testRunner: "command",
  commandRunner: {
    command: `node_modules/.bin/vitest run --config ${configs}/infra.config.ts -t '^(?!.*${editsASource})' ${tests}`,
  },
  coverageAnalysis: "off",
});

/** Runs the mutants of these descriptions in the current folder, which is a copy. */
async function run(names: string[], runner: PartialStrykerOptions): Promise<MutantResult[]> {
  if (names.length === 0) return [];
  process.env.MUTATION_SAMPLE = join(process.cwd(), "sample.json");
  await writeFile(process.env.MUTATION_SAMPLE, JSON.stringify(names));
  const files = new Set(names.map((name) => name.slice(0, name.indexOf(":"))));
  const results = await new Stryker({
    coverageAnalysis: "perTest",
    ...runner,
    inPlace: true,
    mutate: [...files],
    plugins: [fileURLToPath(import.meta.resolve("@stryker-mutator/vitest-runner")), here("plugin.ts")],
    ignorers: ["text"],
    checkers: ["sample"],
    reporters: ["lines"],
    concurrency: 1,
    disableTypeChecks: false,
    symlinkNodeModules: false,
    ignorePatterns: ["docs", ".sst"],
    // In milliseconds, beside what starting takes and half as long again as the tests took without a mutant.
    timeoutMS: 30_000,
    dryRunTimeoutMinutes: 30,
    allowConsoleColors: false,
  }).runMutationTest();
  return results.filter((it) => names.includes(nameOf(it)));
}

const nameOf = (result: MutantResult) => describeMutant(result, 1);

const isLate = ({ status, statusReason = "" }: MutantResult) =>
  status === "Timeout" || (status === "Killed" && /timed out in \d+ ?ms|did not end within/i.test(statusReason));

const survived = ({ status }: MutantResult) => status === "Survived" || status === "NoCoverage";

/** Runs a part of the sample. What only took too long is run again, and counts as noticed when it does so twice. */
async function judge(names: string[], runner: PartialStrykerOptions): Promise<MutantResult[]> {
  const first = await run(names, runner);
  const again = await run(first.filter(isLate).map(nameOf), runner);
  return [...first.filter((it) => !isLate(it)), ...again];
}

async function main(): Promise<number> {
  const { count, seed, only, list } = readOptions();
  const all = (await allMutants()).map((it) => describeMutant(it, 0));
  const whole = sampleOf(all, count, seed);
  const names = whole.filter((name) => only.length === 0 || only.some((text) => name.startsWith(text)));
  console.log(`seed ${seed}: ${whole.length} of ${all.length} mutants, of which ${names.length} are run`);
  if (list) {
    console.log(names.join("\n"));
    return 0;
  }
  const copy = await copyRepository(["packages", "docs", "package.json", "sst.config.ts", "tsconfig.json"]);
  process.chdir(copy.root);
  const tear = await setup();
  try {
    const isInfra = (name: string) => name.startsWith("packages/infra/");
    const inside = await judge(
      names.filter((name) => !isInfra(name)),
      inProcess,
    );
    const graph = await judge(names.filter(isInfra), asCommand("--exclude **/snapshot.test.ts"));
    const snapshot = await judge(graph.filter(survived).map(nameOf), asCommand("snapshot"));
    return report(seed, [...inside, ...graph.filter((it) => !survived(it))], snapshot);
  } finally {
    await tear?.();
    await copy.remove();
  }
}

/** @returns the exit status: 0 when at least 95 % were noticed */
function report(seed: number, results: MutantResult[], snapshot: MutantResult[]): number {
  const bySnapshot = snapshot.filter((it) => !survived(it));
  const left = [...results, ...snapshot].filter(survived);
  const broken = [...results, ...snapshot].filter(({ status }) => status === "RuntimeError");
  for (const [title, list] of [
    ["Survived", left],
    ["Noticed by the snapshot of the graph alone", bySnapshot],
    ["Took too long twice", results.filter(isLate)],
    ["Could not be loaded, and does not count", broken],
  ] as const) {
    if (list.length > 0) console.log(`\n${title}:\n${list.map((it) => `  ${nameOf(it)}`).join("\n")}`);
  }
  const counted = results.length + snapshot.length - broken.length;
  const score = (100 * (counted - left.length)) / counted;
  console.log(`\nseed ${seed}: ${counted - left.length} of ${counted} mutants were noticed, ${score.toFixed(1)} %`);
  return score >= 95 ? 0 : 1;
}

process.exitCode = await main();
