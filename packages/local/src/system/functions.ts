import { join } from "node:path";
import type { Graph, GraphFunction } from "@appointments/graph/graph";
import { createFunction, type LocalFunction } from "../lambda/function.ts";
import type { Invoke } from "../lambda/invoke.ts";
import { linksOf } from "../lambda/variables.ts";
import { watchFunctions } from "../lambda/watch.ts";
import { describeGivenDatabases, givenDatabases } from "./given.ts";
import { functionLog } from "./log.ts";
import { type Run, settled } from "./run.ts";
import { createTraceMapper, hasFrames } from "./trace.ts";

/** The functions by component name; filled while they are built. */
export type LocalFunctions = Map<string, LocalFunction>;

/**
 * Builds every function of the graph and, if wanted, builds it again whenever its sources change.
 *
 * @param links what the links hold, with local addresses
 * @param gatewayUrl the endpoint for their AWS calls
 */
export async function startFunctions(
  run: Run,
  functions: LocalFunctions,
  links: Graph["links"],
  gatewayUrl: string,
): Promise<void> {
  const { options, graph, log, progress, cleanups } = run;
  const { root, dataDir, inspect = false } = options;
  const outDir = join(dataDir, "functions");
  const write = functionLog(log);
  // For people only: who tests reads the traces as they are.
  const toSources = options.watch ? createTraceMapper(graph, root, outDir, options.replacements) : undefined;
  await progress.step("functions", async () => {
    await Promise.all(
      graph.functions.map(async (fn) => {
        const created = await createFunction({
          fn,
          env: awsVariables(run, fn, gatewayUrl),
          links: linksOf(fn, links),
          root,
          outDir,
          log: (line) => {
            if (toSources === undefined || !hasFrames(line, outDir)) write(line);
            else void toSources(line).then(write);
          },
          inspect,
          ...(options.replacements && { replacements: options.replacements }),
          clockOffsetMs: options.clockOffsetsMs?.[fn.name] ?? 0,
        });
        cleanups.push(() => created.stop());
        functions.set(fn.name, created);
      }),
    );
    const bytes = [...functions.values()].reduce((sum, fn) => sum + (fn.bundle()?.bytes ?? 0), 0);
    return { value: undefined, detail: `${functions.size} bundled as for Lambda, ${Math.round(bytes / 1024)} KB` };
  });
  if (!options.watch) return;
  const watcher = watchFunctions([...functions.values()], root, write);
  cleanups.push(() => watcher.stop());
  await watcher.ready;
}

/** Invokes the functions that a deployment would invoke once, e.g. for migrations. */
export async function runInvocations({ graph, progress, options }: Run, functions: LocalFunctions): Promise<void> {
  if (graph.invocations.length === 0) return;
  const given = givenDatabases(graph, options.config);
  await progress.step("migrations", async () => {
    await settled(
      graph.invocations.map(async ({ name, functionArn, input }) => {
        const result = await invokeOf(functions, functionArn)(input);
        if (result.ok) return;
        const where = given.length === 0 ? "" : ` Databases are given: ${describeGivenDatabases(given)}.`;
        throw new Error(`${name} failed: ${result.errorType}: ${result.errorMessage}.${where}`);
      }),
    );
    const invoked = graph.invocations.map(({ functionArn }) => byArn(functions, functionArn)?.name);
    return { value: undefined, detail: invoked.join(", ") };
  });
}

/** @throws Error when the graph has no function of this ARN */
export function invokeOf(functions: LocalFunctions, arn: string): Invoke {
  const fn = byArn(functions, arn);
  if (fn === undefined) throw new Error(`No function ${arn} in the graph.`);
  return fn.invoke;
}

function byArn(functions: LocalFunctions, arn: string): LocalFunction | undefined {
  return [...functions.values()].find((fn) => fn.arn === arn);
}

function awsVariables({ graph, credentialsOf }: Run, fn: GraphFunction, endpoint: string): Record<string, string> {
  const { accessKeyId, secretAccessKey } = credentialsOf(fn.name);
  return {
    AWS_REGION: graph.region,
    AWS_DEFAULT_REGION: graph.region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: "local",
  };
}
