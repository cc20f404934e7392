import { aBooking } from "@appointments/tests/kit/booking";
import { startMysql, type TestServer } from "@appointments/tests/kit/mysql";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "../database/database.ts";
import { countries } from "./country.ts";
import { decide } from "./decide.ts";
import { answer, lookupRequest, type Rows, rowsBehind, rowsIn } from "./lookup.ts";

let server: TestServer;
let database: Database;
let direct: Rows;
let behind: Rows;
const held = aBooking();
const bookings = [held, aBooking({ scheduleId: held.scheduleId }), aBooking()];

beforeAll(async () => {
  server = await startMysql();
  const made = await server.countryDatabase("PE");
  database = openDatabase(made.url);
  await decide(database, countries.PE, bookings);
  await made.admin.query("alter table appointment drop key appointment_live_schedule");
  await made.admin.query("update appointment set status = 'completed', reason = null");
  direct = rowsIn(database, "PE");
  // As it travels: JSON there and back.
  const travel = (value: unknown) => JSON.parse(JSON.stringify(value));
  behind = rowsBehind(async (request) => travel(await answer(direct, v.parse(lookupRequest, travel(request)))));
});
afterAll(async () => {
  await database?.close();
  await server?.stop();
});

test("what travels by the function is what the database has", async () => {
  const ids = bookings.map(({ appointmentId }) => appointmentId);
  expect(await behind.of(ids)).toHaveLength(3);
  expect(await behind.of(ids)).toEqual(await direct.of(ids));
  expect(await behind.after("", 2)).toEqual(await direct.after("", 2));
  expect((await behind.after(ids.toSorted()[0] ?? "", 10)).map(({ id }) => id)).toEqual(ids.toSorted().slice(1));
  expect(await behind.heldTwice()).toEqual([held.scheduleId]);
});

test.each([
  [{ ask: "drop" }],
  [{ ask: "of", ids: ["1 or 1=1"] }],
  [{ ask: "after", id: "", pageSize: 100_000 }],
  [{ ask: "heldTwice", table: "mysql.user" }],
  ["select 1"],
])("%j is no question", (request) => {
  expect(v.is(lookupRequest, request)).toBe(false);
});
