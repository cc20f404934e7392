import { aBooking } from "@appointments/tests/kit/booking";
import { startMysql, type TestServer } from "@appointments/tests/kit/mysql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appointmentOutcome } from "../appointment/event.ts";
import { type Database, openDatabase } from "../database/database.ts";
import { AppError } from "../error.ts";
import { countries } from "./country.ts";
import { decide } from "./decide.ts";
import { countryTables, outcomeOf, type Row, rowsAfter, slotsHeldTwice, toRow } from "./row.ts";

const country = countries.PE;
let server: TestServer;
let made: Awaited<ReturnType<TestServer["countryDatabase"]>>;
let database: Database;
beforeAll(async () => {
  server = await startMysql();
  made = await server.countryDatabase("PE");
  database = openDatabase(made.url);
});
afterAll(async () => {
  await database?.close();
  await server?.stop();
});

test("rows are walked in the order of their ids, each once", async () => {
  const bookings = [aBooking(), aBooking(), aBooking(), aBooking(), aBooking()];
  await decide(database, country, bookings);
  const walked: string[] = [];
  for (let after = ""; ; ) {
    const from = after;
    const rows = await database.run((db) => rowsAfter(db, countryTables.PE, from, 2));
    walked.push(...rows.map(({ id }) => id));
    const last = rows.at(-1);
    if (!last) break;
    after = last.id;
  }
  expect(walked).toEqual(bookings.map(({ appointmentId }) => appointmentId).toSorted());
});

test("a slot held twice is found where the unique key is gone", async () => {
  expect(await database.run((db) => slotsHeldTwice(db, countryTables.PE))).toEqual([]);
  await made.admin.query("alter table appointment drop index appointment_live_schedule");
  await decide(database, country, [aBooking({ scheduleId: 7 }), aBooking({ scheduleId: 7 })]);
  expect(await database.run((db) => slotsHeldTwice(db, countryTables.PE))).toEqual([{ scheduleId: 7, count: 2 }]);
});

/* Stored words are literals here, the domain's on the other side: what is in the table must stay readable. */
describe("a row", () => {
  const at = new Date("2026-11-24T03:00:00.000Z");
  const booking = aBooking();
  const fresh = toRow(booking, { status: "completed", version: 2, changes: 0, updatedAt: at });
  const row = (parts: Partial<Row> = {}): Row => ({ ...fresh, liveScheduleId: null, ...parts });

  test("is written in the stored words", () => {
    expect(fresh).toEqual({
      id: booking.appointmentId,
      insuredId: booking.insuredId,
      scheduleId: booking.scheduleId,
      createdAt: new Date(booking.createdAt),
      status: "completed",
      reason: null,
      version: 2,
      changes: 0,
      updatedAt: at,
      refusedScheduleId: null,
      heldBy: null,
    });
  });

  test.each<[Partial<Row>, string]>([
    [{}, "completed"],
    [{ status: "rejected", reason: "schedule_taken" }, "rejected"],
    [{ status: "cancelled", changes: 1, reason: "duplicate" }, "cancelled"],
    [{ changes: 1 }, "rescheduled"],
    [{ changes: 1, refusedScheduleId: 9 }, "reschedule_rejected"],
  ])("that is stored as %j is published as %s, with the whole booking", (parts, fact) => {
    const outcome = outcomeOf(row(parts), "PE");
    if (outcome instanceof AppError) throw outcome;
    const event = appointmentOutcome(outcome, undefined);
    expect(event.type).toBe(`appointment.${fact}.v1`);
    expect(event.data).toMatchObject({ ...booking, updatedAt: at.toISOString() });
  });

  test("that is rejected without a reason is nothing to publish", () => {
    expect(outcomeOf(row({ status: "rejected" }), "PE")).toMatchObject({ code: "internal" });
  });

  test("that is rejected for another of the insured's says for which, and without it is nothing to publish", () => {
    const yours = { status: "rejected", reason: "already_yours" } as const;
    expect(outcomeOf(row({ ...yours, heldBy: "x" }), "PE")).toMatchObject({ reason: "already_yours", heldBy: "x" });
    expect(outcomeOf(row(yours), "PE")).toMatchObject({ code: "internal" });
  });
});
