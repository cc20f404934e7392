import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "../database/database.ts";
import { aBooking } from "../testing/booking.ts";
import { startMysql, type TestServer } from "../testing/mysql.ts";
import { countries } from "./country.ts";
import { decide } from "./decide.ts";
import { rowsAfter, slotsHeldTwice } from "./row.ts";
import { countryTables } from "./table.ts";

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
