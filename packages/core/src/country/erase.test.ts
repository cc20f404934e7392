import { aBooking } from "@appointments/tests/kit/booking";
import { startMysql, type TestServer } from "@appointments/tests/kit/mysql";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Booking } from "../appointment/appointment.ts";
import { type Database, openDatabase } from "../database/database.ts";
import { toTimestamp } from "../time.ts";
import { applyChanges } from "./change.ts";
import { countries } from "./country.ts";
import { decide } from "./decide.ts";
import { eraseRows, expireRows, firstIdOf } from "./erase.ts";

let server: TestServer;
let admin: Connection;
let database: Database;
beforeAll(async () => {
  server = await startMysql();
  const made = await server.countryDatabase("CL");
  admin = made.admin;
  database = openDatabase(made.url, { connectionLimit: 20 });
});
afterAll(async () => {
  await database?.close();
  await server?.stop();
});

const chile = countries.CL;
const inChile = (parts: Partial<Booking> = {}) => aBooking({ countryISO: "CL", ...parts });
const decideCl = (...requests: Booking[]) => decide(database, chile, requests);
const erase = (insuredId: string, live: "keep" | "cancel", ...known: Booking[]) =>
  eraseRows(database, chile, {
    insuredId,
    live,
    known: known.map(({ appointmentId, scheduleId, createdAt }) => ({ appointmentId, scheduleId, createdAt })),
  });
async function row({ appointmentId }: Booking) {
  const [rows] = await admin.query("select * from appointment where id = ?", [appointmentId]);
  return (rows as Record<string, unknown>[])[0];
}
const cancelOf = (booking: Booking) => ({
  data: { ...booking, version: 3, change: { number: 1, kind: "cancel", status: "pending" } as const },
  time: booking.createdAt,
});

test("a row keeps everything but its insured, and its slot stays held", async () => {
  const [mine, other] = [inChile({ insuredId: "00001" }), inChile({ insuredId: "00002" })];
  await decideCl(mine, other);
  const [before, others] = [await row(mine), await row(other)];
  expect(await erase("00001", "keep", mine)).toEqual({ rows: 1, freed: 0 });
  expect(await row(mine)).toEqual({ ...before, insured_id: "-----" });
  expect(await row(other)).toEqual(others);
  expect(await decideCl(inChile({ scheduleId: mine.scheduleId, insuredId: "00001" }))).toMatchObject([
    { status: "rejected", reason: "schedule_taken" },
  ]);
  await erase("00001", "keep");
});

test("a slot is given back when that is asked for, and a repeat changes nothing", async () => {
  const mine = inChile({ insuredId: "00003" });
  await decideCl(mine, inChile({ insuredId: "00003", scheduleId: mine.scheduleId }));
  expect(await erase("00003", "cancel", mine)).toEqual({ rows: 2, freed: 1 });
  const after = await row(mine);
  expect(after).toMatchObject({ status: "cancelled", insured_id: "-----", live_schedule_id: null });
  expect(await erase("00003", "cancel", mine)).toEqual({ rows: 0, freed: 0 });
  expect(await row(mine)).toEqual(after);
  expect(await decideCl(inChile({ scheduleId: mine.scheduleId }))).toMatchObject([{ status: "completed" }]);
});

describe("what comes late is done, and brings nobody back", () => {
  test("a request that was never decided", async () => {
    const late = inChile({ insuredId: "00004" });
    await erase("00004", "keep", late);
    expect(await decideCl(late)).toMatchObject([{ code: "person_erased", retry: false }]);
    expect(await row(late)).toMatchObject({ insured_id: "-----", status: "cancelled", live_schedule_id: null });
  });

  test("a request that was decided, a cancel and a reschedule", async () => {
    const late = inChile({ insuredId: "00005" });
    await decideCl(late);
    await erase("00005", "keep", late);
    const before = await row(late);
    const move = { number: 1, kind: "reschedule", status: "pending", scheduleId: 7 } as const;
    const reschedule = { data: { ...late, version: 3, change: move }, time: late.createdAt };
    const answers = [await decideCl(late), await applyChanges(database, chile, [cancelOf(late), reschedule])].flat();
    expect(answers).toMatchObject(Array.from({ length: 3 }, () => ({ code: "person_erased" })));
    expect(await row(late)).toEqual(before);
  });

  test("requests that are decided while the person is erased, whoever is first", async () => {
    const mine = Array.from({ length: 40 }, () => inChile({ insuredId: "00006" }));
    await Promise.all([
      ...mine.map((booking) => decideCl(booking)),
      ...mine.map((booking) => erase("00006", "keep", booking)),
    ]);
    const [left] = await admin.query("select id from appointment where insured_id = '00006'");
    expect(left).toEqual([]);
  });
});

describe("retention", () => {
  const day = 24 * 60 * 60 * 1000;
  const bookedAt = Date.parse("2020-01-01T00:00:00.000Z");
  const atAge = (days: number) => () => bookedAt + days * day;
  /** A booking of that day: the id is made of it, too. */
  const old = (insuredId: string, hours: number): Booking => {
    const at = bookedAt + hours * 3_600_000;
    const appointmentId = firstIdOf(at).replace(/0{12}$/, insuredId.padStart(12, "0"));
    return inChile({ insuredId, appointmentId, createdAt: toTimestamp(at) });
  };

  test("a row names nobody once it is older than its country keeps it, not a day before, and once only", async () => {
    const [first, second, young] = [old("00011", 0), old("00012", 1), inChile({ insuredId: "00013" })];
    await decide(database, chile, [first, second], () => bookedAt);
    await decideCl(young);
    // A later change makes a row young again, whenever it was booked.
    await applyChanges(database, chile, [{ ...cancelOf(second), time: toTimestamp(bookedAt + 400 * day) }], atAge(400));
    const names = async () => [(await row(first))?.insured_id, (await row(second))?.insured_id];
    const run = (days: number, mayGoOn = () => true) => expireRows(database, chile, mayGoOn, atAge(days));

    expect(await run(chile.retention.days + 2)).toEqual({ rows: 0, freed: 0 });
    expect(await run(chile.retention.days + 4, () => false)).toEqual({ rows: 0, freed: 0 });
    expect(await names()).toEqual(["00011", "00012"]);
    expect(await run(chile.retention.days + 4)).toEqual({ rows: 1, freed: 0 });
    expect(await run(chile.retention.days + 4)).toEqual({ rows: 0, freed: 0 });
    expect(await names()).toEqual(["-----", "00012"]);
    expect(await run(chile.retention.days + 404)).toEqual({ rows: 1, freed: 0 });
    expect(await names()).toEqual(["-----", "-----"]);
    expect((await row(young))?.insured_id).toBe("00013");
  });

  test("more rows than a statement changes are all done", async () => {
    const many = Array.from({ length: 1_101 }, (_, index) => old(String(20_000 + index), index));
    await decide(database, chile, many, () => bookedAt);
    // The youngest of them is 46 days younger than the oldest.
    const run = expireRows(database, chile, () => true, atAge(chile.retention.days + 60));
    expect(await run).toMatchObject({ rows: 1_101 });
    const [left] = await admin.query("select id from appointment where insured_id between '20000' and '21100'");
    expect(left).toEqual([]);
  });
});
