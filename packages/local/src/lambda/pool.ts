import type { Bundle } from "./bundle/bundle.ts";
import { type Environment, type EnvironmentOptions, type Failure, failure, startEnvironment } from "./environment.ts";
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

interface State {
  options: PoolOptions;
  /** In the order of use: the most recently used one comes last, is used again, and lets the others end. */
  slots: Set<Slot>;
  waiting: Waiting[];
  current?: Bundle;
  stopping: boolean;
  onQuiet: () => void;
}

/**
 * The execution environments of one function: each runs one event at a time and is used again; more are started while
 * events wait, up to a limit. A function with reserved concurrency refuses what is over it, as Lambda does; any other
 * lets it wait, for Lambda would have had room.
 */
export function createPool(options: PoolOptions) {
  const pool: State = { options, slots: new Set(), waiting: [], stopping: false, onQuiet: () => {} };
  const { slots } = pool;
  return {
    /** Runs an event, given as JSON text, as soon as an environment is free. */
    invoke(bundle: Bundle, event: string, requestId: string): Promise<InvokeResult> {
      pool.current ??= bundle;
      const refused = refusal(pool);
      if (refused !== undefined) return Promise.resolve(toResult(refused, requestId, 0));
      return new Promise((settle) => {
        pool.waiting.push({ requestId, event, settle });
        pump(pool);
      });
    },
    /** From now on events get this code; environments of older code end when they are idle. */
    use(bundle: Bundle): void {
      const old = pool.current;
      pool.current = bundle;
      for (const slot of slots) if (slot.state === "idle" && slot.bundle !== bundle) discard(pool, slot);
      if (old !== undefined && old !== bundle && ![...slots].some((slot) => slot.bundle === old)) options.onUnused(old);
      pump(pool);
    },
    environments: () => [...slots].map((slot) => ({ pid: slot.environment.pid, busy: slot.state === "busy" })),
    /** Resolves when no event runs or waits, at the latest after `graceMs`; then ends every process. */
    async stop(graceMs: number): Promise<void> {
      pool.stopping = true;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        pool.onQuiet = () => {
          clearTimeout(timer);
          resolve();
        };
        pump(pool);
      });
      const ends = [...slots].map((slot) => slot.environment.ended);
      for (const slot of slots) slot.environment.kill();
      await Promise.all(ends);
    },
  };
}

const count = ({ slots }: State, state: Slot["state"]) => [...slots].filter((slot) => slot.state === state).length;

/** Why an event may not even wait; undefined when it may. */
function refusal(pool: State): Failure | undefined {
  const { options, waiting, stopping } = pool;
  const { fn, limit } = options;
  const room = limit - count(pool, "busy") - waiting.length;
  const full = fn.reservedConcurrency === undefined ? waiting.length >= maxWaiting : room <= 0;
  if (!full && !stopping) return undefined;
  return failure("Throttled", "TooManyRequestsException", stopping ? `${fn.name} is being stopped` : "Rate Exceeded.");
}

/** Gives waiting events to idle environments, and starts as many more as are needed and allowed. */
function pump(pool: State): void {
  const { slots, waiting } = pool;
  for (;;) {
    const slot = [...slots].findLast((candidate) => candidate.state === "idle");
    const next = slot === undefined ? undefined : waiting.shift();
    if (slot === undefined || next === undefined) break;
    void run(pool, slot, next);
  }
  const wanted = () => slots.size < pool.options.limit && count(pool, "starting") < waiting.length;
  while (pool.current !== undefined && wanted()) start(pool, pool.current);
  if (waiting.length === 0 && count(pool, "busy") === 0) pool.onQuiet();
}

function start(pool: State, bundle: Bundle, secondAttempt = false): Slot {
  const { options, slots } = pool;
  const environment = startEnvironment({ ...options, bundle }, secondAttempt);
  const slot: Slot = { environment, bundle, state: "starting" };
  slots.add(slot);
  void environment.started.then((why) =>
    why === undefined ? release(pool, slot) : failed(pool, slot, why, secondAttempt),
  );
  void environment.ended.then((why) => {
    clearTimeout(slot.reaper);
    if (!slots.delete(slot) || slot.state === "starting") return;
    if (slot.state === "idle" && !pool.stopping) {
      options.onCrash(`${options.fn.name}: an idle environment (pid ${environment.pid}) died: ${why}`);
    }
    pump(pool);
  });
  return slot;
}

function failed(pool: State, slot: Slot, why: Failure, secondAttempt: boolean): void {
  const { slots, waiting } = pool;
  slots.delete(slot);
  if (why.errorType === "Sandbox.Timedout" && !secondAttempt && waiting.length > 0 && !pool.stopping) {
    // Lambda then loads the module again, as part of the invocation and within the function's own time.
    start(pool, slot.bundle, true);
    return;
  }
  // The event that this environment was meant for takes the blame, as on Lambda.
  const next = waiting.shift();
  next?.settle(toResult(why, next.requestId, 0));
  pump(pool);
}

async function run(pool: State, slot: Slot, { requestId, event, settle }: Waiting): Promise<void> {
  const { slots } = pool;
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
  if (!lost) return release(pool, slot);
  slots.delete(slot);
  pump(pool);
}

function release(pool: State, slot: Slot): void {
  const { options, slots, current } = pool;
  if (!slots.has(slot)) return;
  slot.state = "idle";
  if (slot.bundle === current) slot.reaper = setTimeout(() => reap(pool, slot), options.idleSeconds * 1000).unref();
  else discard(pool, slot);
  pump(pool);
}

function reap(pool: State, slot: Slot): void {
  const alone = ![...pool.slots].some((other) => other !== slot && other.state !== "starting");
  const lastMs = pool.options.lastIdleSeconds * 1000;
  if (alone) slot.reaper = setTimeout(() => discard(pool, slot), lastMs).unref();
  else discard(pool, slot);
}

function discard({ options, slots, current }: State, slot: Slot): void {
  slots.delete(slot);
  clearTimeout(slot.reaper);
  slot.environment.kill();
  const { bundle } = slot;
  const used = bundle === current || [...slots].some((other) => other.bundle === bundle);
  if (!used) void slot.environment.ended.then(() => options.onUnused(bundle));
}

/** Where the environment was lost, Lambda's message begins with the request. */
const lostTypes = new Set(["Sandbox.Timedout", "Runtime.ExitError", "Runtime.OutOfMemory"]);

function toResult(why: Failure, requestId: string, durationMs: number): InvokeResult {
  const { errorMessage, errorType } = why;
  const named = lostTypes.has(errorType) ? `RequestId: ${requestId} Error: ${errorMessage}` : errorMessage;
  return { ...why, errorMessage: named, requestId, durationMs };
}
