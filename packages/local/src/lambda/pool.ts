import type { Bundle } from "./bundle/bundle.ts";
import { type Environment, type EnvironmentOptions, type Failure, startEnvironment } from "./environment.ts";
import type { InvokeResult } from "./invoke.ts";

/** Events that may wait for an environment: an account's default concurrency on Lambda. */
const maxWaiting = 1_000;

export interface PoolOptions extends Omit<EnvironmentOptions, "bundle"> {
  /** How many events run at once. */
  limit: number;
  /** Seconds after which idle environments beyond one end. */
  idleSeconds: number;
  /** Seconds after which the last idle environment ends. */
  lastIdleSeconds: number;
  /** An environment died between invocations. */
  onCrash: (message: string) => void;
  /** The last environment of a replaced bundle is gone. */
  onUnused: (bundle: Bundle) => void;
}

export interface Pool {
  /** Runs an event, given as JSON text, as soon as an environment is free. */
  invoke(bundle: Bundle, event: string, requestId: string): Promise<InvokeResult>;
  /** From now on events get this code; environments of older code end when they are idle. */
  use(bundle: Bundle): void;
  /** Starts an environment if there is none; resolves when it is ready or has failed. */
  warm(): Promise<void>;
  environments(): { pid: number; busy: boolean }[];
  /** Resolves when no event runs or waits, at the latest after `graceMs`; then ends every process. */
  stop(graceMs: number): Promise<void>;
}

interface Slot {
  environment: Environment;
  bundle: Bundle;
  state: "starting" | "idle" | "busy";
  reaper?: NodeJS.Timeout;
}

interface Waiting {
  requestId: string;
  event: string;
  settle: (result: InvokeResult) => void;
}

/**
 * The execution environments of one function: each runs one event at a time and is used again; more are started while
 * events wait, up to a limit. A function with reserved concurrency refuses what is over it, as Lambda does; any other
 * lets it wait, for Lambda would have had room.
 */
export function createPool(options: PoolOptions): Pool {
  const { fn, limit } = options;
  /** In the order of use: the most recently used one comes last, is used again, and lets the others end. */
  const slots = new Set<Slot>();
  const waiting: Waiting[] = [];
  let current: Bundle | undefined;
  let stopping = false;
  let onQuiet: () => void = () => {};

  const count = (state: Slot["state"]) => [...slots].filter((slot) => slot.state === state).length;

  /** Gives waiting events to idle environments, and starts as many more as are needed and allowed. */
  function pump(): void {
    for (;;) {
      const slot = [...slots].findLast((candidate) => candidate.state === "idle");
      const next = slot === undefined ? undefined : waiting.shift();
      if (slot === undefined || next === undefined) break;
      void run(slot, next);
    }
    while (current !== undefined && slots.size < limit && count("starting") < waiting.length) start(current);
    if (waiting.length === 0 && count("busy") === 0) onQuiet();
  }

  function start(bundle: Bundle, secondAttempt = false): Slot {
    const environment = startEnvironment({ ...options, bundle }, secondAttempt);
    const slot: Slot = { environment, bundle, state: "starting" };
    slots.add(slot);
    void environment.started.then((failure) => (failure === undefined ? release(slot) : failed(slot, failure)));
    void environment.ended.then((why) => {
      clearTimeout(slot.reaper);
      if (!slots.delete(slot) || slot.state === "starting") return;
      if (slot.state === "idle" && !stopping) {
        options.onCrash(`${fn.name}: an idle environment (pid ${environment.pid}) died: ${why}`);
      }
      pump();
    });
    return slot;

    function failed(slot: Slot, failure: Failure): void {
      slots.delete(slot);
      if (failure.errorType === "Sandbox.Timedout" && !secondAttempt && waiting.length > 0 && !stopping) {
        // Lambda then loads the module again, as part of the invocation and within the function's own time.
        start(bundle, true);
        return;
      }
      // The event that this environment was meant for takes the blame, as on Lambda.
      const next = waiting.shift();
      next?.settle(toResult(failure, next.requestId, 0));
      pump();
    }
  }

  async function run(slot: Slot, { requestId, event, settle }: Waiting): Promise<void> {
    slot.state = "busy";
    clearTimeout(slot.reaper);
    slots.delete(slot);
    slots.add(slot);
    const before = performance.now();
    const outcome = await slot.environment.invoke(event, requestId);
    const durationMs = performance.now() - before;
    if ("payload" in outcome) settle({ ok: true, payload: JSON.parse(outcome.payload), requestId, durationMs });
    else settle(toResult(outcome, requestId, durationMs));
    const lost = !("payload" in outcome) && outcome.kind !== "Unhandled";
    if (!lost) return release(slot);
    slots.delete(slot);
    pump();
  }

  function release(slot: Slot): void {
    if (!slots.has(slot)) return;
    slot.state = "idle";
    if (slot.bundle === current) slot.reaper = setTimeout(() => reap(slot), options.idleSeconds * 1000).unref();
    else discard(slot);
    pump();
  }

  function reap(slot: Slot): void {
    const alone = ![...slots].some((other) => other !== slot && other.state !== "starting");
    if (alone) slot.reaper = setTimeout(() => discard(slot), options.lastIdleSeconds * 1000).unref();
    else discard(slot);
  }

  function discard(slot: Slot): void {
    slots.delete(slot);
    clearTimeout(slot.reaper);
    slot.environment.kill();
    const { bundle } = slot;
    const used = bundle === current || [...slots].some((other) => other.bundle === bundle);
    if (!used) void slot.environment.ended.then(() => options.onUnused(bundle));
  }

  return {
    invoke(bundle, event, requestId) {
      current ??= bundle;
      const room = limit - count("busy") - waiting.length;
      const refused = fn.reservedConcurrency === undefined ? waiting.length >= maxWaiting : room <= 0;
      if (refused || stopping) {
        const errorMessage = stopping ? `${fn.name} is being stopped` : "Rate Exceeded.";
        const failure = { ok: false, kind: "Throttled", errorType: "TooManyRequestsException", errorMessage } as const;
        return Promise.resolve(toResult(failure, requestId, 0));
      }
      return new Promise((settle) => {
        waiting.push({ requestId, event, settle });
        pump();
      });
    },
    use(bundle) {
      const old = current;
      current = bundle;
      for (const slot of slots) if (slot.state === "idle" && slot.bundle !== bundle) discard(slot);
      if (old !== undefined && old !== bundle && ![...slots].some((slot) => slot.bundle === old)) options.onUnused(old);
      pump();
    },
    async warm() {
      if (current !== undefined && slots.size === 0) await start(current).environment.started;
    },
    environments: () => [...slots].map((slot) => ({ pid: slot.environment.pid, busy: slot.state === "busy" })),
    async stop(graceMs) {
      stopping = true;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        onQuiet = () => {
          clearTimeout(timer);
          resolve();
        };
        pump();
      });
      const ends = [...slots].map((slot) => slot.environment.ended);
      for (const slot of slots) slot.environment.kill();
      await Promise.all(ends);
    },
  };
}

/** Where the environment was lost, Lambda's message begins with the request. */
const lostTypes = new Set(["Sandbox.Timedout", "Runtime.ExitError", "Runtime.OutOfMemory"]);

function toResult(failure: Failure, requestId: string, durationMs: number): InvokeResult {
  const { errorMessage, errorType } = failure;
  const named = lostTypes.has(errorType) ? `RequestId: ${requestId} Error: ${errorMessage}` : errorMessage;
  return { ...failure, errorMessage: named, requestId, durationMs };
}
