import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startTable } from "../testing/emulator.ts";
import type { Appointment } from "./appointment.ts";
import { type Due, dueForRetry, retried } from "./reconcile.ts";
import { saveRequest } from "./request.ts";
import { settle } from "./settle.ts";
import type { Table } from "./table.ts";

const minute = 60_000;
const start = Date.parse("2026-11-24T03:00:00.000Z");
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
  saveRequest(table, { insuredId: "00042", scheduleId: 7, countryISO }, { clock: () => start + minutes * minute });

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
  expect(String(written.mock.calls)).toContain("appointment.unreadable");
});
