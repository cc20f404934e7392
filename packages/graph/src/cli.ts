import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type GraphConfig, readConfig } from "./config.ts";
import { costOf, costTable, readPrices } from "./cost/cost.ts";
import { deployPolicy } from "./deploy/policy.ts";
import { evaluate } from "./evaluate/evaluate.ts";
import { ConfigError } from "./evaluate/evaluation.ts";
import { preparePlatform } from "./evaluate/platform.ts";
import type { Graph } from "./graph.ts";
import { describeFaults, installedProvider, lint, rules } from "./rule/lint.ts";
import { describe, differences } from "./text/diff.ts";
import { checkGenerated, generatedFiles, writeGenerated } from "./text/generated.ts";
import { withoutPasswords } from "./text/hide.ts";
import { summary } from "./text/summary.ts";

const help = `The resource graph of sst.config.ts: everything a deployment would create. Needs no AWS account.

  npm run graph -- --stage NAME [--dev] [--json]   print the graph of a stage: in words, or all of it as JSON
  npm run graph -- --lint [--stage NAME [--dev]]   what a deployment would fail with, by the name of the rule (docs/rules.md);
                                                   without a stage, for every kind of stage
  npm run graph -- --write                         write what is generated: the links' types and the pages in docs/
  npm run graph -- --check                         fail when that is not what sst.config.ts makes it
  npm run graph -- --diff BEFORE.json AFTER.json   what changes between two graphs printed with --json
  npm run graph -- --diff BEFORE.json --stage NAME …between a printed graph and the graph as it is now

  npm run graph -- --cost --stage NAME             what the stage costs a month while nobody uses it, resource by resource
  npm run graph -- --deploy-policy --stage NAME    the IAM policy of a role that may deploy the stage, as JSON
  npm run graph -- --prepare                       only make .sst/platform: SST's components and types

  --config FILE  module that says what the app has: its kinds of stage, its recorded calls (packages/graph/src/config.ts)
  --stage NAME   name of the stage, e.g. production
  --dev          what \`sst dev\` deploys instead of what \`sst deploy\` does
  --no-env       leave .env files and the shell's variables out
  --no-cache     evaluate anew even if nothing has changed
  --help         this text

Exit status: 0, 1 when sst.config.ts cannot be evaluated or --check or --lint find something, 2 for a wrong command line.`;

/** A command line that cannot be understood; the message says why. */
class UsageError extends Error {
  override name = "UsageError";
}

const options = {
  config: { type: "string" },
  stage: { type: "string" },
  dev: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  lint: { type: "boolean", default: false },
  write: { type: "boolean", default: false },
  check: { type: "boolean", default: false },
  diff: { type: "boolean", default: false },
  cost: { type: "boolean", default: false },
  "deploy-policy": { type: "boolean", default: false },
  prepare: { type: "boolean", default: false },
  env: { type: "boolean", default: true },
  cache: { type: "boolean", default: true },
  help: { type: "boolean", short: "h", default: false },
} as const;

function parse(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true, allowNegative: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

type Values = ReturnType<typeof parse>["values"];

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) return print(help);
  const modes = (["json", "lint", "write", "check", "diff", "cost", "deploy-policy", "prepare"] as const).filter(
    (mode) => values[mode],
  );
  if (modes.length > 1) throw new UsageError(`--${modes.join(" and --")} exclude each other.`);
  const config = await readConfig(values.config);
  if (values.diff) return await diff(values, config, positionals);
  if (positionals.length > 0) throw new UsageError(`Unexpected argument '${positionals[0]}'.`);
  if (values.write) return await write(config);
  if (values.check) return await check(config);
  if (values.prepare) return print(`${await preparePlatform(findRoot(), onProgress)} is ready.`);
  if (values.lint) return await lintStages(values, config);
  const graph = await evaluated(values, config);
  if (values.cost) return await cost(graph, config);
  if (values["deploy-policy"]) return print(JSON.stringify(deployPolicy(graph), null, 2));
  return print(values.json ? JSON.stringify(withoutPasswords(graph), null, 2) : summary(graph));
}

async function evaluated({ stage, dev, env, cache }: Values, config: GraphConfig): Promise<Graph> {
  if (!stage) throw new UsageError("Which stage? Give --stage NAME, e.g. --stage production.");
  const defaults = kindOf(config, stage, dev)?.env ?? {};
  return await evaluate({ root: findRoot(), stage, dev, defaults, ambient: env, cached: cache, onProgress });
}

function kindOf({ stages }: GraphConfig, stage: string, dev: boolean) {
  return stages.find((kind) => kind.stage === stage && kind.dev === dev);
}

async function lintStages(values: Values, config: GraphConfig): Promise<number> {
  const root = findRoot();
  const provider = await installedProvider(root, onProgress);
  const { stage, dev } = values;
  const { publicRoutes } = config;
  const kinds = stage
    ? [{ ...kindOf(config, stage, dev), kind: `stage ${stage}`, stage, dev, env: {} }]
    : config.stages;
  const faulty: string[] = [];
  for (const of of kinds) {
    try {
      const graph = await (stage ? evaluated(values, config) : evaluate({ ...of, root, ambient: false, onProgress }));
      const faults = lint(graph, provider, { ...(publicRoutes && { publicRoutes }), ...of });
      if (faults.length > 0) faulty.push(`In ${of.kind}:\n${describeFaults(faults)}`);
    } catch (error) {
      // What sst.config.ts itself refuses is a finding as well; the other kinds are still looked at.
      if (!(error instanceof ConfigError)) throw error;
      faulty.push(`In ${of.kind}:\n${error.message}`);
    }
  }
  if (faulty.length === 0)
    return print(`${rules.length} rules find nothing in ${kinds.map(({ kind }) => kind).join(", ")}.`);
  console.error(faulty.join("\n\n"));
  return 1;
}

/** Fails when a resource has no price: the sum would be too low, and nobody would notice. */
async function cost(graph: Graph, config: GraphConfig): Promise<number> {
  if (!config.cost) throw new UsageError("--cost needs a file of prices: `cost` in the module after --config.");
  const prices = await readPrices(join(findRoot(), config.cost.prices));
  const found = costOf(graph, prices);
  print(costTable(found, prices));
  return found.unpriced.length === 0 ? 0 : 1;
}

async function write(config: GraphConfig): Promise<number> {
  const written = await writeGenerated(findRoot(), config, onProgress);
  return print(
    written.length > 0 ? `Wrote ${written.join(", ")}.` : `${generatedFiles(config).join(", ")} are up to date.`,
  );
}

async function check(config: GraphConfig): Promise<number> {
  const drifted = await checkGenerated(findRoot(), config, onProgress);
  if (drifted.length === 0) return print(`${generatedFiles(config).join(", ")} are what sst.config.ts makes them.`);
  console.error([...drifted, "Run `npm run graph -- --write` and commit the result."].join("\n"));
  return 1;
}

async function diff(values: Values, config: GraphConfig, [before, after, ...rest]: string[]): Promise<number> {
  if (!before && values.stage) {
    const { stage } = values;
    throw new UsageError(
      `Compare stage ${stage} with what? Where it was last deployed from, npm run --silent graph -- --stage ${stage} --json > before.json; or take the graph that the deployment kept. Then here: npm run graph -- --diff before.json --stage ${stage}.`,
    );
  }
  if (!before || rest.length > 0) throw new UsageError("--diff takes two files, or one file and --stage NAME.");
  if (after && values.stage) throw new UsageError("--diff compares with a file or with --stage NAME, not with both.");
  return print(
    describe(
      differences(
        withoutPasswords(await readGraph(before)),
        withoutPasswords(after ? await readGraph(after) : await evaluated(values, config)),
      ),
    ),
  );
}

async function readGraph(file: string): Promise<Graph> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new UsageError(`${file} cannot be read.`);
  });
  try {
    const graph = JSON.parse(text) as Graph;
    if (Array.isArray(graph.resources)) return graph;
  } catch {
    // Reported below.
  }
  throw new UsageError(`${file} is no graph: make it with --json.`);
}

/** The folder of sst.config.ts: this one or the nearest above. */
function findRoot(): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "sst.config.ts"))) return folder;
    if (folder === dirname(folder)) throw new UsageError(`There is no sst.config.ts in ${process.cwd()} or above.`);
  }
}

/** Standard output is for the answer alone. */
function onProgress(message: string): void {
  console.error(message);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

// The reader closed the pipe, as in `… | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  // Not process.exit: a long answer may still be on its way into a pipe.
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${help}`);
    process.exitCode = 2;
  } else {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exitCode = 1;
  }
}
