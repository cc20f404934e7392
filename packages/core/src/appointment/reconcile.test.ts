import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AppError } from "../error.ts";
import { captureLog } from "../testing/capture.ts";
import { startTable } from "../testing/emulator.ts";
import { saveChange } from "./alter.ts";
import { reconcile } from "./reconcile.ts";
import { saveRequest } from "./request.ts";
import { settle } from "./settle.ts";
import type { Topic } from "./topic.ts";

const minute = 60_000;
const start = Date.parse("2026-11-24T03:00:00.000Z");

let emulator: Awaited<ReturnType<typeof startTable>>;
let published: string[];
let now: number;
let logged: () => string;

beforeEach(async () => {
  logged = captureLog();
  emulator = await startTable();
  published = [];
  now = start;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await emulator.stop();
});

/** Ten at a time: a hundred sockets opened at once, on a busy machine, use up the SDK's quota of repeats. */
async function book(count: number): Promise<string[]> {
  const wanted = { insuredId: "00042", scheduleId: 7, countryISO: "PE" } as const;
  const ids: string[] = [];
  while (ids.length < count) {
    const group = Array.from({ length: Math.min(10, count - ids.length) }, () =>
      saveRequest(emulator.table, wanted, { clock: () => start }),
    );
    ids.push(...(await Promise.all(group)).map(({ appointmentId }) => appointmentId));
  }
  return ids.toSorted();
}

const topic = (before: () => Promise<void> = async () => {}): Topic => ({
  publish: async ({ appointmentId }) => {
    await before();
    published.push(appointmentId);
  },
});
const run = (to = topic(), mayGoOn = () => true) => reconcile({ table: emulator.table, topic: to }, mayGoOn, () => now);

test("what stays pending is published again, whatever was lost, and then left alone for a while", async () => {
  const booked = await book(3);
  expect(await run()).toEqual({ published: 0, failed: 0 });
  now = start + minute;
  expect(await run()).toEqual({ published: 3, failed: 0 });
  expect(published.toSorted()).toEqual(booked);
  expect(await run()).toEqual({ published: 0, failed: 0 });
  now = start + 3 * minute;
  expect(await run()).toEqual({ published: 3, failed: 0 });
});

test("how long an appointment has waited is logged: an alarm counts those over five minutes", async () => {
  await book(1);
  now = start + 6 * minute;
  await run();
  expect(logged()).toContain('"ageSeconds":360');
});

test("a change whose message was lost is published again, until it is decided", async () => {
  const [appointmentId = ""] = await book(1);
  const key = { insuredId: "00042", appointmentId };
  const asked = await saveChange(emulator.table, key, { kind: "cancel" }, { clock: () => start });
  now = start + minute;
  expect(await run()).toEqual({ published: 1, failed: 0 });
  const { status: _status, ...rest } = asked;
  const change = { number: 1, kind: "cancel", status: "completed" } as const;
  await settle(emulator.table, { ...rest, status: "cancelled", change });
  now = start + 1000 * minute;
  expect(await run()).toEqual({ published: 0, failed: 0 });
});

test("a publishing that fails is not noted as done: the next run tries again", async () => {
  await book(1);
  now = start + minute;
  const down = topic(async () => {
    throw new AppError("topic_unavailable", "Try later");
  });
  expect(await run(down)).toEqual({ published: 0, failed: 1 });
  expect(await run()).toEqual({ published: 1, failed: 0 });
});

test("when the topic takes nothing, a run does not go through all that waits", async () => {
  await book(120);
  now = start + minute;
  let tried = 0;
  const down = topic(async () => {
    tried++;
    throw new AppError("topic_unavailable", "Try later");
  });
  await run(down);
  expect(tried).toBeLessThanOrEqual(25);
});

test("one that cannot be published keeps no other waiting", async () => {
  await book(120);
  now = start + minute;
  let first = true;
  const moody = topic(async () => {
    if (!first) return;
    first = false;
    throw new AppError("internal", "No");
  });
  expect(await run(moody)).toEqual({ published: 119, failed: 1 });
});

test("a run ends while there is time left, and the next goes on", async () => {
  await book(120);
  now = start + minute;
  let pages = 0;
  const { published: first } = await run(topic(), () => ++pages <= 2);
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(120);
  expect(await run()).toEqual({ published: 120 - first, failed: 0 });
});

test("after five repeats someone is told, without personal data", async () => {
  await book(1);
  for (const wait of [1, 2, 4, 8, 16]) {
    now += wait * minute;
    await run();
  }
  expect(logged().match(/"appointment.stuck"/g)).toHaveLength(1);
  expect(logged()).not.toContain("00042");
});
