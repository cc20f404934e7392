import { operator } from "@appointments/tests/kit/caller";
import { captureLog } from "@appointments/tests/kit/capture";
import { startTable } from "@appointments/tests/kit/emulator";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AppError } from "../error.ts";
import { saveChange } from "./alter.ts";
import type { Appointment } from "./appointment.ts";
import { type Due, dueForRetry, reconcile, retried } from "./reconcile.ts";
import { saveRequest } from "./request.ts";
import { settle } from "./settle.ts";
import type { Table } from "./table.ts";
import type { Topic } from "./topic.ts";

const minute = 60_000;
const start = Date.parse("2026-11-24T03:00:00.000Z");

describe("what is due", () => {
  const at = (minutes: number) => new Date(start + minutes * minute).toISOString();

  let emulator: Awaited<ReturnType<typeof startTable>>;
  let table: Table;

  // The index is one for all appointments, so each test has a table of its own.
  beforeEach(async () => {
    emulator = await startTable();
    table = emulator.table;
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await emulator.stop();
  });

  const book = (countryISO: "PE" | "CL" = "PE", minutes = 0): Promise<Appointment> =>
    saveRequest(
      table,
      operator,
      { insuredId: "00042", scheduleId: 7, countryISO },
      { clock: () => start + minutes * minute },
    );

  async function due(minutes: number, pageSize?: number): Promise<Due[]> {
    const all: Due[] = [];
    for await (const page of dueForRetry(table, at(minutes), pageSize)) all.push(...page);
    return all;
  }
  const idsOf = (all: Due[]) => all.map(({ appointment }) => appointment.appointmentId).toSorted();

  test("an appointment is due a minute after it was booked, in every country", async () => {
    const booked = [await book("PE"), await book("CL")];
    expect(await due(0.99)).toEqual([]);
    expect(idsOf(await due(1))).toEqual(booked.map(({ appointmentId }) => appointmentId).toSorted());
  });

  test("one that is settled is never due again", async () => {
    const { status: _status, ...booking } = await book();
    await settle(table, { ...booking, status: "completed", version: 2, updatedAt: at(0) });
    expect(await due(10_000)).toEqual([]);
  });

  test("all that are due are found, however many pages there are", async () => {
    const booked = await Promise.all(Array.from({ length: 30 }, (_, each) => book(each % 2 ? "PE" : "CL")));
    expect(idsOf(await due(5, 2))).toEqual(booked.map(({ appointmentId }) => appointmentId).toSorted());
  });

  test("the wait doubles with each repeat, up to an hour", async () => {
    await book();
    const waits: number[] = [];
    let now = 1;
    for (let each = 0; each < 8; each++) {
      const [found] = await due(now);
      if (!found) throw new Error("it should be due");
      expect(await retried(table, found, start + now * minute)).toBe(true);
      const [next] = await due(now + 60);
      waits.push((Date.parse(next?.retryAt ?? "") - start) / minute - now);
      now += waits.at(-1) ?? 0;
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test("two reconcilers at once note one repeat", async () => {
    await book();
    const [found] = await due(1);
    if (!found) throw new Error("it should be due");
    const both = await Promise.all([retried(table, found, start), retried(table, found, start)]);
    expect(both.toSorted()).toEqual([false, true]);
  });

  test("one that was settled meanwhile is not put back into the index", async () => {
    const { status: _status, ...booking } = await book();
    const [found] = await due(1);
    await settle(table, { ...booking, status: "completed", version: 2, updatedAt: at(0) });
    expect(found && (await retried(table, found, start))).toBe(false);
    expect(await due(10_000)).toEqual([]);
  });

  test("an item that cannot be read keeps no other from being found", async () => {
    const written = vi.spyOn(console, "error").mockImplementation(() => {});
    const good = await book();
    await table.client.send(
      new PutCommand({ TableName: table.name, Item: { pk: "x", sk: "x", pendingShard: "PE#0", retryAt: at(0) } }),
    );
    expect(idsOf(await due(1))).toEqual([good.appointmentId]);
    expect(JSON.parse(String(written.mock.calls[0]?.[0]))).toMatchObject({
      event: "appointment.unreadable",
      error: { name: "AppError", code: "internal" },
    });
  });
});

describe("a run", () => {
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
        saveRequest(emulator.table, operator, wanted, { clock: () => start }),
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
  const run = (to = topic(), mayGoOn = () => true) =>
    reconcile({ table: emulator.table, topic: to }, mayGoOn, () => now);

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
    const asked = await saveChange(emulator.table, operator, key, { kind: "cancel" }, { clock: () => start });
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

  test("after five repeats an error is logged, without personal data", async () => {
    await book(1);
    for (const wait of [1, 2, 4, 8, 16]) {
      now += wait * minute;
      await run();
    }
    expect(logged().match(/"appointment.stuck"/g)).toHaveLength(1);
    expect(logged()).not.toContain("00042");
  });
});
