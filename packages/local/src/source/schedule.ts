import { randomUUID } from "node:crypto";
import type { Graph, GraphSchedule } from "@appointments/graph/graph";
import { pause, type ServiceLog, within } from "../aws/service.ts";
import type { Invoke } from "../lambda/invoke.ts";

export interface Schedule {
  /** Starts no more and waits for the invocation under way, at most `timeoutMs`. */
  stop: (timeoutMs?: number) => Promise<void>;
}

/** What a schedule waits with; a test gives its own. */
export interface Timer {
  now: () => Date;
  /** Resolves after `ms`, or when `signal` is aborted. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

const realTimer: Timer = { now: () => new Date(), wait: pause };
/** Lambda tries an asynchronous invocation that failed twice more, after one and after two minutes. */
const retryDelaysMs = [60_000, 120_000];

/**
 * Invokes a function at a rate, first one interval after the start, as EventBridge Scheduler does. A tick that falls
 * into an invocation still under way is left out, so that they do not pile up.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 *
 * @throws when the expression is not `rate(…)`: `cron(…)` and `at(…)` are not supported here yet
 */
export function startSchedule(options: {
  schedule: GraphSchedule;
  graph: Pick<Graph, "account" | "region">;
  invoke: Invoke;
  log: ServiceLog;
  timer?: Timer;
}): Schedule {
  const { schedule, graph, invoke, log, timer = realTimer } = options;
  const intervalMs = rateMs(schedule);
  if (!schedule.enabled) return { stop: () => Promise.resolve() };
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let busy = false;

  async function tick(): Promise<void> {
    const due = timer.now();
    for (let attempt = 0; !stopping.signal.aborted; attempt++) {
      const result = await invoke(schedule.input ?? defaultInput(schedule, graph, due));
      if (result.ok) return;
      log("warn", `schedule ${schedule.name}: ${result.kind}: ${result.errorMessage}`, { attempt: attempt + 1 });
      const delayMs = retryDelaysMs[attempt];
      // The next tick does the same work: a retry beyond it would only add to it.
      if (delayMs === undefined || delayMs >= intervalMs) return;
      await timer.wait(delayMs * (0.5 + Math.random() / 2), stopping.signal);
    }
  }

  async function run(): Promise<void> {
    let next = timer.now().getTime() + intervalMs;
    for (;;) {
      await timer.wait(next - timer.now().getTime(), stopping.signal);
      if (stopping.signal.aborted) return;
      // After a sleep of the machine the ticks that were missed are not made up for.
      next = Math.max(next + intervalMs, timer.now().getTime());
      if (busy) {
        log("warn", `schedule ${schedule.name}: the invocation before is still running; this one is left out`);
        continue;
      }
      busy = true;
      running = tick().finally(() => {
        busy = false;
      });
    }
  }

  const ticking = run();
  return {
    stop: async (timeoutMs = 30_000) => {
      stopping.abort();
      await ticking;
      await within(running, timeoutMs);
    },
  };
}

function rateMs({ name, expression }: GraphSchedule): number {
  const [, count = "", unit = ""] = /^rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)$/.exec(expression) ?? [];
  const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[unit];
  if (unitMs === undefined || Number(count) < 1) {
    throw new Error(
      `Schedule ${name} is ${expression}: the local system supports rate(n minutes|hours|days) only; cron and at are not supported yet.`,
    );
  }
  return Number(count) * unitMs;
}

/** What Scheduler sends when the schedule states no input. */
function defaultInput({ name }: GraphSchedule, { account, region }: Pick<Graph, "account" | "region">, time: Date) {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account,
    time: time.toISOString().replace(/\.\d{3}Z$/, "Z"),
    region,
    resources: [`arn:aws:scheduler:${region}:${account}:schedule/default/${name}`],
    detail: "{}",
  };
}
