import { randomUUID } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { GraphFunction } from "@appointments/graph/graph";
import { type Bundle, BundleError, createBundler } from "./bundle/bundle.ts";
import type { Replacements } from "./bundle/options.ts";
import { compileCacheOf, failure } from "./environment.ts";
import { bundleHost } from "./host/bundle.ts";
import type { Invoke } from "./invoke.ts";
import { createPool, type PoolOptions } from "./pool.ts";
import { checkVariables, writeLinks } from "./variables.ts";

/** Lambda's limit on a synchronous event, in bytes. */
const maxEventBytes = 6 * 1024 * 1024;

export interface FunctionOptions
  extends Pick<PoolOptions, "fn" | "env" | "log">,
    Partial<Pick<PoolOptions, "clockOffsetMs" | "inspect" | "idleSeconds" | "lastIdleSeconds">> {
  /** What `Resource.<name>` shall hold, by name. */
  links?: Record<string, unknown>;
  /** The repository. */
  root: string;
  /** Modules that stand in for others in the bundle; read at each build. */
  replacements?: Replacements;
  /** Gets the bundles, a folder per function, and the compiled host. */
  outDir: string;
  /** How many events run at once. Default: the reserved concurrency, else four a core and at most eight. */
  maxEnvironments?: number;
}

/**
 * A Lambda function on this machine: its bundle and its execution environments. There is none until the first event.
 *
 * A bundle that does not build is no error here: it is logged, and events fail with kind `Init` until a reload
 * succeeds.
 *
 * @throws Error for environment variables that Lambda would refuse
 */
export async function createFunction(options: FunctionOptions) {
  const { fn, log, outDir, links = {}, inspect = false } = options;
  checkVariables(fn);
  const bundler = createBundler(fn, options.root, outDir, inspect, options.replacements);
  let bundle: Bundle | undefined;
  let fault: string | undefined;
  let removal = Promise.resolve();

  const report = reporter(fn.name, log);
  const pool = createPool({
    fn,
    host: await bundleHost(outDir),
    env: options.env,
    clockOffsetMs: options.clockOffsetMs ?? 0,
    log,
    // A debugger holds one environment.
    limit: inspect ? 1 : (options.maxEnvironments ?? defaultLimit(fn)),
    inspect,
    idleSeconds: options.idleSeconds ?? 5,
    lastIdleSeconds: options.lastIdleSeconds ?? 300,
    onCrash: report,
    onUnused: (old) => {
      // An edit taken back brings the same folder into service again.
      if (old.taskRoot !== bundle?.taskRoot) removal = removal.then(() => remove(old.taskRoot));
    },
  });

  /**
   * Builds again. New events run the new code; those that run finish on the old.
   *
   * @throws BundleError with file, line and text; the old code stays in service
   */
  async function reload(): Promise<Bundle> {
    await removal;
    try {
      const built = await bundler.build();
      // Anew each time: the content of the bundle says nothing about where this run's services are.
      await writeLinks(fn, built.taskRoot, links);
      fault = undefined;
      // The same content is the same folder: then there is nothing to replace.
      if (built.taskRoot === bundle?.taskRoot) return bundle;
      bundle = built;
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
      throw error instanceof BundleError ? error : new BundleError(fault, { cause: error });
    }
    pool.use(bundle);
    return bundle;
  }

  const invoke: Invoke = async (event) => {
    const requestId = randomUUID();
    const text = JSON.stringify(event) ?? "null";
    const why = fault ?? `${fn.name} is not built`;
    if (bundle === undefined)
      return { ...failure("Init", "Runtime.UserCodeSyntaxError", why), requestId, durationMs: 0 };
    const bytes = Buffer.byteLength(text);
    if (bytes > maxEventBytes) return { ...tooLarge(bytes), requestId, durationMs: 0 };
    return pool.invoke(bundle, text, requestId);
  };

  await reload().catch((error: Error) => report(`${fn.name} does not build:\n${error.message}`));
  await removeOldBundles(path.join(outDir, fn.name), bundle);

  return {
    name: fn.name,
    arn: fn.arn,
    invoke,
    reload,
    /** The last good build; undefined before the first one. */
    bundle: () => bundle,
    /** Why the last build failed: file, line and text of each fault; undefined when it did not. */
    fault: () => fault,
    /** Absolute paths of the files, and folders, that the code is made of. */
    inputs: () => bundler.inputs(),
    environments: () => pool.environments(),
    /** Waits for running events, at most `graceMs`, then ends every process. */
    stop: (graceMs = 5_000): Promise<void> => pool.stop(graceMs).then(() => removal),
  };
}

const reporter = (name: string, log: FunctionOptions["log"]) => (message: string) =>
  log({ timestamp: new Date().toISOString(), level: "ERROR", message, function: name });

const tooLarge = (bytes: number) =>
  failure(
    "TooLarge",
    "RequestEntityTooLargeException",
    `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${maxEventBytes} bytes)`,
  );

export type LocalFunction = Awaited<ReturnType<typeof createFunction>>;

function defaultLimit(fn: GraphFunction): number {
  return fn.reservedConcurrency ?? Math.min(8, availableParallelism() * 4);
}

/** Bundles of earlier runs; nobody runs them any more. */
async function removeOldBundles(folder: string, kept: Bundle | undefined): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const old = names.filter((name) => kept === undefined || !name.startsWith(path.basename(kept.taskRoot)));
  await Promise.all(old.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
}

async function remove(taskRoot: string): Promise<void> {
  await rm(taskRoot, { recursive: true, force: true });
  await rm(compileCacheOf(taskRoot), { recursive: true, force: true });
}
