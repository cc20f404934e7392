import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { GraphFunction } from "@appointments/graph/graph";
import { type Bundle, BundleError, createBundler } from "./bundle.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { bundleHost } from "./host.bundle.ts";
import type { Invoke, InvokeResult } from "./invoke.ts";
import type { Log } from "./log.ts";

/** Lambda's limit on a synchronous event, in bytes. */
const maxEventBytes = 6 * 1024 * 1024;
/** Events that may wait for an environment: an account's default concurrency on Lambda. */
const maxWaiting = 1_000;

export interface FunctionOptions {
  fn: GraphFunction;
  /** Added to the function's own variables: region, credentials, `AWS_ENDPOINT_URL`, links (`linkVariables`). */
  env: Record<string, string>;
  /** The repository. */
  root: string;
  /** Gets the bundles, a folder per function, and the compiled host. */
  outDir: string;
  log: Log;
  /** Called when an environment dies between invocations. The next event simply gets a new one. */
  onCrash?: (message: string) => void;
  /** How many events run at once; others wait. Default: four a core, at most eight; or the reserved concurrency. */
  maxEnvironments?: number;
  /** Start environments with Node's inspector: `true` on any port, a number on that port. Nothing times out then. */
  inspect?: boolean | number;
  /** Seconds after which idle environments beyond one end. Default 5. */
  idleSeconds?: number;
  /** Seconds after which the last idle environment ends. Default 300. */
  lastIdleSeconds?: number;
}

export interface LocalFunction {
  readonly name: string;
  readonly arn: string;
  readonly invoke: Invoke;
  /** What the last good build came to; undefined before the first one. */
  bundle(): Bundle | undefined;
  /** Absolute paths of the source files the bundle is made of. */
  inputs(): string[];
  /**
   * Builds again. New events run the new code; those that run finish on the old.
   *
   * @throws BundleError with file, line and text; the old code stays in service
   */
  reload(): Promise<Bundle>;
  /** Starts an environment ahead of the first event. Resolves when it is ready, or has failed. */
  warm(): Promise<void>;
  environments(): { pid: number; busy: boolean }[];
  /** Waits for running events, at most `graceMs` (default 5,000), then ends every process. */
  stop(graceMs?: number): Promise<void>;
}

interface Slot {
  environment: Environment;
  bundle: Bundle;
  state: "starting" | "idle" | "busy";
  timer?: NodeJS.Timeout;
}

interface Waiting {
  requestId: string;
  event: string;
  settle: (result: InvokeResult) => void;
}

/**
 * A Lambda function on this machine: its bundle and a pool of execution environments. Each runs one event at a time
 * and keeps its state between events. There is none until the first event.
 *
 * A bundle that does not build is no error here: events then fail with kind `Init` until a reload succeeds.
 */
export async function createFunction(options: FunctionOptions): Promise<LocalFunction> {
  const { fn, log } = options;
  const bundler = createBundler(fn, options.root, options.outDir);
  const host = await bundleHost(options.outDir);
  const inspectPort =
    options.inspect === undefined || options.inspect === false
      ? undefined
      : Number(options.inspect === true ? 0 : options.inspect);
  // A debugger holds one environment; a second one could not have the same port.
  const limit =
    inspectPort !== undefined
      ? 1
      : (options.maxEnvironments ?? fn.reservedConcurrency ?? Math.min(8, availableParallelism() * 4));
  const throttled = fn.reservedConcurrency !== undefined && limit === fn.reservedConcurrency ? 0 : maxWaiting;

  const slots = new Set<Slot>();
  const waiting: Waiting[] = [];
  let bundle: Bundle | undefined;
  let broken: string | undefined;
  let stopping = false;
  let quiet: () => void = () => {};

  function report(level: "INFO" | "ERROR", message: string): void {
    log({ timestamp: new Date().toISOString(), level, message, function: fn.name });
  }

  /** Gives waiting events to free environments, and starts as many more as are needed and allowed. */
  function pump(): void {
    while (waiting.length > 0) {
      const idle = [...slots].filter((slot) => slot.state === "idle").at(-1);
      if (idle === undefined) break;
      const next = waiting.shift();
      if (next !== undefined) void run(idle, next);
    }
    while (bundle !== undefined && slots.size < limit && count("starting") < waiting.length) start(bundle);
    if (waiting.length === 0 && count("busy") === 0) quiet();
  }

  function count(state: Slot["state"]): number {
    return [...slots].filter((slot) => slot.state === state).length;
  }

  function start(code: Bundle): Slot {
    const environment = startEnvironment({
      fn,
      bundle: code,
      host,
      env: options.env,
      compileCache: path.join(options.outDir, ".cache"),
      log,
      ...(inspectPort !== undefined && { inspectPort }),
    });
    const slot: Slot = { environment, bundle: code, state: "starting" };
    slots.add(slot);
    void environment.started.then((failure) => {
      if (failure === undefined) return release(slot);
      slots.delete(slot);
      // The event that this environment was meant for takes the blame, as on Lambda.
      const next = waiting.shift();
      next?.settle({ ...failure, requestId: next.requestId, durationMs: 0 });
      pump();
    });
    void environment.ended.then((why) => {
      clearTimeout(slot.timer);
      const unexpected = slots.delete(slot) && slot.state === "idle" && !stopping;
      if (unexpected) {
        const message = `${fn.name}: an idle environment (pid ${environment.pid}) died: ${why}`;
        report("ERROR", message);
        options.onCrash?.(message);
      }
      if (slot.state !== "starting") pump();
    });
    return slot;
  }

  async function run(slot: Slot, { requestId, event, settle }: Waiting): Promise<void> {
    slot.state = "busy";
    clearTimeout(slot.timer);
    // The most recently used one comes last, so that it is used again and the others may end.
    slots.delete(slot);
    slots.add(slot);
    const result = await slot.environment.invoke(event, requestId);
    settle(result);
    if (result.ok || result.kind === "Unhandled") return release(slot);
    slots.delete(slot);
    pump();
  }

  function release(slot: Slot): void {
    if (!slots.has(slot)) return;
    slot.state = "idle";
    if (slot.bundle !== bundle) discard(slot);
    else slot.timer = setTimeout(() => reap(slot), (options.idleSeconds ?? 5) * 1000).unref();
    pump();
  }

  function reap(slot: Slot): void {
    const alone = ![...slots].some((other) => other !== slot && other.state !== "starting");
    if (!alone) discard(slot);
    else slot.timer = setTimeout(() => discard(slot), (options.lastIdleSeconds ?? 300) * 1000).unref();
  }

  /** Ends an environment that runs nothing. The last one of a replaced bundle takes the folder with it. */
  function discard(slot: Slot): void {
    slots.delete(slot);
    clearTimeout(slot.timer);
    slot.environment.kill();
    const { taskRoot } = slot.bundle;
    const used = taskRoot === bundle?.taskRoot || [...slots].some((other) => other.bundle.taskRoot === taskRoot);
    if (!used) void slot.environment.ended.then(() => rm(taskRoot, { recursive: true, force: true }));
  }

  async function reload(): Promise<Bundle> {
    try {
      bundle = await bundler.build();
      broken = undefined;
    } catch (error) {
      broken = error instanceof Error ? error.message : String(error);
      throw error instanceof BundleError ? error : new BundleError(broken, { cause: error });
    }
    for (const slot of slots) if (slot.state === "idle" && slot.bundle !== bundle) discard(slot);
    pump();
    return bundle;
  }

  const invoke: Invoke = (event) => {
    const requestId = randomUUID();
    const text = JSON.stringify(event) ?? "null";
    const refuse = (kind: "Throttled" | "TooLarge" | "Init", errorType: string, errorMessage: string) =>
      Promise.resolve<InvokeResult>({ ok: false, kind, errorType, errorMessage, requestId, durationMs: 0 });
    if (stopping) return refuse("Throttled", "ServiceException", `${fn.name} is stopped`);
    if (bundle === undefined) return refuse("Init", "Runtime.UserCodeSyntaxError", broken ?? `${fn.name} is not built`);
    const bytes = Buffer.byteLength(text);
    if (bytes > maxEventBytes) {
      const message = `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${maxEventBytes} bytes)`;
      return refuse("TooLarge", "RequestEntityTooLargeException", message);
    }
    if (waiting.length >= throttled + limit - count("busy"))
      return refuse("Throttled", "TooManyRequestsException", "Rate Exceeded.");
    return new Promise((settle) => {
      waiting.push({ requestId, event: text, settle });
      pump();
    });
  };

  await reload().catch((error: Error) => report("ERROR", `${fn.name} does not build:\n${error.message}`));

  return {
    name: fn.name,
    arn: fn.arn,
    invoke,
    reload,
    bundle: () => bundle,
    inputs: () => bundler.inputs(),
    warm: async () => {
      if (bundle !== undefined && slots.size === 0) await start(bundle).environment.started;
    },
    environments: () => [...slots].map((slot) => ({ pid: slot.environment.pid, busy: slot.state === "busy" })),
    stop: async (graceMs = 5_000) => {
      stopping = true;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        quiet = () => {
          clearTimeout(timer);
          resolve();
        };
        pump();
      });
      const ends = [...slots].map((slot) => slot.environment.ended);
      for (const slot of slots) slot.environment.kill();
      await Promise.all([...ends, bundler.stop()]);
    },
  };
}
