import type { GraphSchedule } from "@appointments/graph/graph";
import { afterEach, describe, expect, it } from "vitest";
import type { InvokeResult } from "../lambda/invoke.ts";
import { eventually } from "../testing/services.ts";
import { type Schedule, startSchedule, type Timer } from "./schedule.ts";

const ok: InvokeResult = { ok: true, payload: null, requestId: "r", durationMs: 1 };
const failed: InvokeResult = {
  ok: false,
  kind: "Timeout",
  errorType: "Sandbox.Timedout",
  errorMessage: "late",
  requestId: "r",
  durationMs: 1,
};

let running: Schedule | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** A clock that stands still until it is moved. */
function handClock() {
  let now = Date.parse("2026-01-01T00:00:00Z");
  let waiting: { until: number; wake: () => void }[] = [];
  const timer: Timer = {
    now: () => new Date(now),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        waiting.push({ until: now + ms, wake: resolve });
        signal.addEventListener("abort", () => resolve());
      }),
  };
  /** Moves the clock on once somebody waits for it. */
  const advance = async (ms: number) => {
    await eventually(() => waiting.length > 0);
    now += ms;
    const due = waiting.filter(({ until }) => until <= now);
    waiting = waiting.filter(({ until }) => until > now);
    for (const { wake } of due) wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { timer, advance };
}

function start(schedule: Partial<GraphSchedule>, invoke: (event: unknown) => Promise<InvokeResult>) {
  const clock = handClock();
  const logs: string[] = [];
  running = startSchedule({
    schedule: { name: "reconcile", expression: "rate(1 minute)", functionArn: "arn", enabled: true, ...schedule },
    graph: { account: "123456789012", region: "us-east-1" },
    invoke,
    log: (_level, message) => void logs.push(message),
    timer: clock.timer,
  });
  return { ...clock, logs };
}

describe("a schedule", () => {
  it.each([
    ["rate(1 minute)", 60],
    ["rate(5 minutes)", 300],
    ["rate(2 hours)", 7200],
    ["rate(1 day)", 86_400],
  ])("%s invokes every %i seconds, first after one interval", async (expression, seconds) => {
    const events: unknown[] = [];
    const { advance } = start({ expression, input: { now: true } }, async (event) => {
      events.push(event);
      return ok;
    });
    await advance((seconds - 1) * 1000);
    expect(events).toHaveLength(0);
    await advance(1000);
    await advance(seconds * 1000);
    expect(events).toEqual([{ now: true }, { now: true }]);
  });

  it("sends Scheduler's own event when it states no input", async () => {
    const events: unknown[] = [];
    const { advance } = start({}, async (event) => {
      events.push(event);
      return ok;
    });
    await advance(60_000);
    expect(events).toMatchObject([
      {
        "detail-type": "Scheduled Event",
        source: "aws.scheduler",
        time: "2026-01-01T00:01:00Z",
        resources: ["arn:aws:scheduler:us-east-1:123456789012:schedule/default/reconcile"],
      },
    ]);
  });

  it("leaves a tick out while the invocation before still runs", async () => {
    let calls = 0;
    let finish = (_: InvokeResult) => {};
    const { advance, logs } = start({}, () => {
      calls++;
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    await advance(60_000);
    await advance(60_000);
    expect(calls).toBe(1);
    expect(logs).toEqual([expect.stringContaining("still running")]);
    finish(ok);
    await new Promise((resolve) => setImmediate(resolve));
    await advance(60_000);
    expect(calls).toBe(2);
    finish(ok);
  });

  it("tries a failed invocation twice more, unless the next tick comes first", async () => {
    const count = { rare: 0, often: 0 };
    const rare = start({ expression: "rate(1 hour)" }, async () => {
      count.rare++;
      return failed;
    });
    await rare.advance(3_600_000);
    await rare.advance(60_000);
    await rare.advance(120_000);
    await rare.advance(600_000);
    expect(count.rare).toBe(3);
    await running?.stop();
    const often = start({}, async () => {
      count.often++;
      return failed;
    });
    await often.advance(60_000);
    await often.advance(60_000);
    expect(count.often).toBe(2);
    expect(often.logs.some((line) => line.includes("still running"))).toBe(false);
  });

  it("that is disabled never invokes, and one that is stopped no more", async () => {
    let calls = 0;
    start({ enabled: false }, async () => {
      calls++;
      return ok;
    });
    const { advance } = start({}, async () => {
      calls++;
      return ok;
    });
    await running?.stop();
    await advance(60_000);
    expect(calls).toBe(0);
  });

  it.each(["cron(0 8 * * ? *)", "at(2026-01-01T00:00:00)", "rate(0 minutes)", "rate(1 week)"])(
    "%s is refused by name",
    (expression) => {
      expect(() => start({ expression }, async () => ok)).toThrow(`Schedule reconcile is ${expression}`);
    },
  );
});
