import { realpathSync } from "node:fs";
import { ConfigError, MissingProviderError } from "../error.ts";
import type { Graph } from "../graph.ts";
import { viewOf } from "../view/view.ts";
import { bundleProgram } from "./bundle.ts";
import { openCache } from "./cache.ts";
import { configEnvironment } from "./environment.ts";
import type { Evaluation, EvaluationOrder } from "./evaluation.ts";
import { preparePlatform, sstVersion } from "./platform.ts";
import { runProgram } from "./program.ts";

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
  /** Is told, in words, when something takes time. */
  onProgress?: (message: string) => void;
}

/**
 * Evaluates sst.config.ts, unchanged, with SST's own components to the graph of everything a deployment would create.
 *
 * Nothing is called on AWS and no account is needed.
 *
 * @throws ConfigError when sst.config.ts does not compile, throws, or does not end in time
 */
export async function evaluate(options: EvaluateOptions): Promise<Graph> {
  const { stage, dev, ambient = true, cached = true, env = {}, timeoutMs, onProgress } = options;
  if (!/^[a-zA-Z0-9-]+$/.test(stage)) {
    throw new ConfigError(`"${stage}" is no name for a stage: letters, digits and hyphens only.`);
  }
  const root = realpathSync(options.root);
  const environment = configEnvironment(root, stage, { ambient, env });
  const cache = await openCache(root, { stage, dev, environment, sst: await sstVersion(root) });
  const known = cached ? await cache.find() : undefined;
  if (known) return known;

  // Before the clock is read: preparing writes what the graph depends on.
  await preparePlatform(root, onProgress);
  const since = Date.now();
  const order = { root, stage, dev, account, env: environment };
  const run = async (anew: boolean) =>
    evaluateProgram(order, realpathSync(await preparePlatform(root, onProgress, { anew })), timeoutMs);
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
  timeoutMs: number | undefined,
): Promise<{ evaluation: Evaluation; inputs: string[] }> {
  const { app, program, inputs, dispose } = await bundleProgram(order.root, platform);
  try {
    return { evaluation: await runProgram({ ...order, platform, app, program }, timeoutMs), inputs };
  } finally {
    await dispose();
  }
}
