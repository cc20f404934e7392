import { aBooking } from "@appointments/tests/kit/booking";
import { startMysql, type TestServer } from "@appointments/tests/kit/mysql";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "../database/database.ts";
import { AppError } from "../error.ts";
import { countries } from "./country.ts";
import { decide } from "./decide.ts";

let server: TestServer;
let admin: Connection;
let database: Database;

beforeAll(async () => {
  server = await startMysql();
  const made = await server.countryDatabase("PE");
  admin = made.admin;
  database = openDatabase(made.url, { connectionLimit: 20 });
});
afterAll(async () => {
  await database?.close();
  await server?.stop();
});

const decidePe = (...requests: Parameters<typeof decide>[2]) => decide(database, countries.PE, requests);

async function rowsOf(scheduleId: number) {
  const [rows] = await admin.query("select id, status, reason from appointment where schedule_id = ?", [scheduleId]);
  return rows as { id: string; status: string; reason: string | null }[];
}

test("a free slot is given, and the row holds the whole booking", async () => {
  const booking = aBooking({ insuredId: "00042" });
  const [outcome] = await decidePe(booking);
  expect(outcome).toEqual({ ...booking, status: "completed", version: 2, updatedAt: expect.any(String) });
  const [rows] = await admin.query("select * from appointment where id = ?", [booking.appointmentId]);
  expect(rows).toMatchObject([{ insured_id: "00042", schedule_id: booking.scheduleId, status: "completed" }]);
});

test("a slot that is held is refused with a coded reason", async () => {
  const first = aBooking();
  const second = aBooking({ scheduleId: first.scheduleId, insuredId: "00043" });
  await decidePe(first);
  expect(await decidePe(second)).toMatchObject([{ status: "rejected", reason: "schedule_taken", version: 2 }]);
  expect(await rowsOf(first.scheduleId)).toHaveLength(2);
});

describe("who holds the slot already and asks for it again", () => {
  const again = (first: ReturnType<typeof aBooking>) => aBooking({ scheduleId: first.scheduleId });

  test("is told so, with the appointment that holds it", async () => {
    const first = aBooking();
    await decidePe(first);
    const refusal = { status: "rejected", reason: "already_yours", heldBy: first.appointmentId, version: 2 };
    expect(await decidePe(again(first))).toMatchObject([refusal]);
    expect(await rowsOf(first.scheduleId)).toMatchObject([{ status: "completed" }, { status: "rejected" }]);
  });

  test("is told so in the batch of the first request as well", async () => {
    const first = aBooking();
    expect(await decidePe(again(first), first)).toMatchObject([
      { status: "rejected", reason: "already_yours", heldBy: first.appointmentId },
      { status: "completed" },
    ]);
  });

  test("is told the same for good, though the first is cancelled meanwhile", async () => {
    const [first, second] = [aBooking(), aBooking()];
    const repeat = { ...second, scheduleId: first.scheduleId };
    await decidePe(first);
    const [before] = await decidePe(repeat);
    await admin.query("update appointment set status = 'cancelled' where id = ?", [first.appointmentId]);
    expect(await decidePe(repeat)).toEqual([before]);
  });

  test("gets the slot once the first has given it back", async () => {
    const first = aBooking();
    await decidePe(first);
    await admin.query("update appointment set status = 'cancelled' where id = ?", [first.appointmentId]);
    expect(await decidePe(again(first))).toMatchObject([{ status: "completed" }]);
  });

  test("while in the same batch another is told that it is taken", async () => {
    const first = aBooking({ insuredId: "00042" });
    await decidePe(first);
    const [mine, other] = await decidePe(again(first), { ...again(first), insuredId: "00043" });
    expect(mine).toMatchObject({ reason: "already_yours" });
    expect(other).toMatchObject({ reason: "schedule_taken" });
    expect(other).not.toHaveProperty("heldBy");
  });
});

test("delivered twice: the same outcome to the millisecond, and one row", async () => {
  const winner = aBooking();
  const loser = aBooking({ scheduleId: winner.scheduleId });
  const before = await decide(database, countries.PE, [winner, loser], () => 1_700_000_000_000);
  const after = await decide(database, countries.PE, [loser, winner], () => 1_800_000_000_000);
  expect(after.toReversed()).toEqual(before);
  expect(await rowsOf(winner.scheduleId)).toHaveLength(2);
});

test("two requests for one slot in one batch: the earlier wins", async () => {
  const first = aBooking();
  const second = aBooking({ scheduleId: first.scheduleId });
  const outcomes = await decidePe(second, first);
  expect(outcomes).toMatchObject([{ status: "rejected" }, { status: "completed" }]);
});

test("one request twice in one batch: one row, the same outcome for both", async () => {
  const booking = aBooking();
  const [one, other] = await decidePe(booking, booking);
  expect(one).toEqual(other);
  expect(await rowsOf(booking.scheduleId)).toHaveLength(1);
});

test("two people ask for one slot at once, in many batches: one gets it", async () => {
  const slots = [aBooking(), aBooking(), aBooking()].map(({ scheduleId }) => scheduleId);
  const batches = Array.from({ length: 12 }, (_, each) =>
    (each % 2 ? slots : slots.toReversed()).map((scheduleId) => aBooking({ scheduleId })),
  );
  const outcomes = (await Promise.all(batches.map((batch) => decidePe(...batch)))).flat();
  expect(outcomes.filter((each) => each instanceof AppError)).toEqual([]);
  for (const slot of slots) {
    const rows = await rowsOf(slot);
    expect(rows).toHaveLength(12);
    expect(rows.filter(({ status }) => status === "completed")).toHaveLength(1);
  }
});

test("a batch of a hundred is decided in one go", async () => {
  const batch = Array.from({ length: 100 }, () => aBooking());
  const outcomes = await decidePe(...batch);
  expect(outcomes.every((each) => !(each instanceof AppError) && each.status === "completed")).toBe(true);
  expect(outcomes.map((each) => !(each instanceof AppError) && each.appointmentId)).toEqual(
    batch.map(({ appointmentId }) => appointmentId),
  );
});

test("the same id with another booking is an error of that message alone", async () => {
  const booking = aBooking();
  const good = aBooking();
  await decidePe(booking);
  const [bad, fine] = await decidePe({ ...booking, insuredId: "99999" }, good);
  expect(bad).toMatchObject({ code: "appointment_mismatch", retry: false });
  expect(fine).toMatchObject({ status: "completed" });
});

test("nothing to decide asks nothing", async () => {
  expect(await decidePe()).toEqual([]);
});

describe("the guard is in the table, not in the code", () => {
  test("a second live row for a slot is refused by the unique key", async () => {
    const held = aBooking();
    await decidePe(held);
    const other = aBooking();
    const insert = admin.query(
      "insert into appointment (id, insured_id, schedule_id, status, version, created_at, updated_at) values (?, '00001', ?, 'completed', 2, now(3), now(3))",
      [other.appointmentId, held.scheduleId],
    );
    await expect(insert).rejects.toMatchObject({ code: "ER_DUP_ENTRY" });
  });
});
