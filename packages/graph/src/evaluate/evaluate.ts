import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Graph } from "../graph.ts";
import { viewOf } from "../view/view.ts";
import { bundleProgram } from "./bundle.ts";
import { openCache } from "./cache.ts";
import { ConfigError, type Evaluation, type EvaluationOrder, MissingProviderError } from "./evaluation.ts";
import { preparePlatform, sstVersion } from "./platform.ts";
import { type RunLimits, runProgram } from "./program.ts";

/** No real account is asked: every ARN names this one, as AWS's documentation does. */
const account = "123456789012";

export interface EvaluateOptions {
  /** Folder of sst.config.ts. */
  root: string;
  /** Letters, digits and hyphens. */
  stage: string;
  /** `true` for what `sst dev` deploys, `false` for what `sst deploy` does. */
  dev: boolean;
  /** Environment variables for sst.config.ts, over all others; `undefined` removes one. */
  env?: Record<string, string | undefined>;
  /** Whether `.env`, `.env.<stage>` and the shell's variables count; `true` when not given. */
  ambient?: boolean;
  /** Whether a graph of the same content may be taken from the cache; `true` when not given. */
  cached?: boolean;
  /** Most time for the evaluation proper, in milliseconds; 60,000 when not given. */
  timeoutMs?: number;
  /** Called with a message when something takes time. */
  onProgress?: (message: string) => void;
  /** Ends the evaluation, and the processes that it has started. */
  signal?: AbortSignal;
}

/**
 * Evaluates sst.config.ts, unchanged, with SST's own components to the graph of everything a deployment would create.
 *
 * Nothing is called on AWS and no account is needed.
 *
 * @throws ConfigError when sst.config.ts does not compile, throws, or does not end in time
 */
export async function evaluate(options: EvaluateOptions): Promise<Graph> {
  const { stage, dev, ambient = true, cached = true, env = {}, timeoutMs, onProgress, signal } = options;
  if (!/^[a-zA-Z0-9-]+$/.test(stage)) {
    throw new ConfigError(`"${stage}" is no name for a stage: letters, digits and hyphens only.`);
  }
  const root = realpathSync(options.root);
  const environment = configEnvironment(root, stage, { ambient, env });
  const cache = await openCache(root, { stage, dev, environment, sst: await sstVersion(root) });
  const known = cached ? await cache.find() : undefined;
  if (known) return known;

  // Before the clock is read: preparing writes what the graph depends on.
  await preparePlatform(root, onProgress, { signal });
  const since = Date.now();
  const order = { root, stage, dev, account, env: environment };
  const run = async (anew: boolean) =>
    evaluateProgram(order, realpathSync(await preparePlatform(root, onProgress, { anew, signal })), {
      timeoutMs,
      signal,
    });
  const { evaluation, inputs } = await run(false).catch((error: unknown) => {
    if (error instanceof MissingProviderError) return run(true);
    throw error;
  });
  const graph = viewOf(evaluation, { stage, dev, account });
  await cache.keep(graph, inputs, since);
  return graph;
}

async function evaluateProgram(
  order: Omit<EvaluationOrder, "platform" | "app" | "program" | "work">,
  platform: string,
  limits: RunLimits,
): Promise<{ evaluation: Evaluation; inputs: string[] }> {
  const { app, program, inputs, dispose } = await bundleProgram(order.root, platform);
  try {
    return { evaluation: await runProgram({ ...order, platform, app, program }, limits), inputs };
  } finally {
    await dispose();
  }
}

/** Names that count from the shell even when `.env.example` does not list them. */
const alwaysVisible = /^(AWS_REGION|AWS_DEFAULT_REGION|SST_SECRET_.+)$/;

/**
 * The environment that sst.config.ts is evaluated in: a clean one, so that what happens to be set in a shell changes
 * nothing by accident.
 *
 * As in SST, `.env` does not replace what the shell sets and `.env.<stage>` replaces everything. Of the shell's
 * variables those count that `.env.example` or `.env` name, and the ones of {@link alwaysVisible}. Unlike SST, values are
 * taken as they are: `$NAME` inside a value is not expanded.
 *
 * @param root folder of sst.config.ts
 * @param stage name of the stage
 * @param options.ambient whether `.env` files and the shell count at all; if not, only `options.env` does
 * @param options.env has the last word; `undefined` removes a variable
 */
export function configEnvironment(
  root: string,
  stage: string,
  options: { ambient: boolean; env: Record<string, string | undefined> },
): Record<string, string> {
  const given = options.ambient ? ambient(root, stage) : {};
  const set = Object.entries({ TZ: "UTC", ...given, ...options.env }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as Record<string, string>; // without those that are undefined
}

function ambient(root: string, stage: string): Record<string, string | undefined> {
  const file = read(join(root, ".env"));
  const named = new Set([...Object.keys(file), ...exampleNames(root)]);
  const shell = Object.entries(process.env).filter(([name]) => named.has(name) || alwaysVisible.test(name));
  return { ...file, ...Object.fromEntries(shell), ...read(join(root, `.env.${stage}`)) };
}

/** Names in `.env.example`, also the commented ones: the file documents every variable of the configuration. */
function exampleNames(root: string): string[] {
  const file = join(root, ".env.example");
  if (!existsSync(file)) return [];
  return [...readFileSync(file, "utf8").matchAll(/^\s*#?\s*([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1] ?? "");
}

function read(file: string): NodeJS.Dict<string> {
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
}
