import { aBooking } from "@appointments/tests/kit/booking";
import { captureLog } from "@appointments/tests/kit/capture";
import { startMysql, type TestServer } from "@appointments/tests/kit/mysql";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Booking, type ChangeRequest, changeableIn, type RowStatus } from "../appointment/appointment.ts";
import { type Database, openDatabase } from "../database/database.ts";
import { AppError } from "../error.ts";
import { newId } from "../id.ts";
import { applyChanges } from "./change.ts";
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

const request = (...bookings: Booking[]) => decide(database, countries.PE, bookings);
const told = (data: ChangeRequest, time = data.createdAt) => ({ data, time });
const apply = (...changes: ChangeRequest[]) =>
  applyChanges(
    database,
    countries.PE,
    changes.map((each) => told(each)),
  );

const cancelOf = (booking: Booking, parts: { number?: number; reason?: "duplicate" } = {}): ChangeRequest => {
  const { number = 1, ...reason } = parts;
  return { ...booking, version: 2 * number + 1, change: { number, kind: "cancel", status: "pending", ...reason } };
};
const moveOf = (booking: Booking, scheduleId: number, number = 1): ChangeRequest => ({
  ...booking,
  version: 2 * number + 1,
  change: { number, kind: "reschedule", status: "pending", scheduleId },
});
const slot = () => aBooking().scheduleId;

async function rowOf({ appointmentId }: Booking) {
  const [rows] = await admin.query("select * from appointment where id = ?", [appointmentId]);
  return (rows as Record<string, unknown>[])[0];
}

describe("a cancel", () => {
  test("frees the slot for somebody else", async () => {
    const first = aBooking();
    await request(first);
    const [outcome] = await apply(cancelOf(first, { reason: "duplicate" }));
    expect(outcome).toEqual({
      ...first,
      status: "cancelled",
      version: 4,
      updatedAt: expect.any(String),
      change: { number: 1, kind: "cancel", status: "completed", reason: "duplicate" },
    });
    const second = aBooking({ scheduleId: first.scheduleId });
    expect(await request(second)).toMatchObject([{ status: "completed" }]);
  });

  test("that overtakes its request wins: the request finds the row, takes no slot, and the cancel is the outcome again", async () => {
    const booking = aBooking();
    const [cancelled] = await apply({ ...cancelOf(booking), version: 2 });
    expect(cancelled).toMatchObject({ ...booking, status: "cancelled", version: 3 });
    expect(await request(booking)).toEqual([cancelled]);
    expect(await rowOf(booking)).toMatchObject({ status: "cancelled", live_schedule_id: null });
    expect(await request(aBooking({ scheduleId: booking.scheduleId }))).toMatchObject([{ status: "completed" }]);
  });

  test("leaves a rejected appointment rejected, and the rejection is the outcome again", async () => {
    const winner = aBooking();
    const loser = aBooking({ scheduleId: winner.scheduleId });
    const [, rejected] = await request(winner, loser);
    expect(await apply(cancelOf(loser))).toEqual([rejected]);
  });

  test("with no reason keeps none", async () => {
    const booking = aBooking();
    await request(booking);
    const [outcome] = await apply(cancelOf(booking));
    expect(outcome).toMatchObject({ change: { number: 1, kind: "cancel", status: "completed" } });
    expect(outcome).not.toHaveProperty("change.reason");
  });
});

describe("a reschedule", () => {
  test("takes the new slot and frees the old one; the id stays", async () => {
    const booking = aBooking();
    const wanted = slot();
    await request(booking);
    expect(await apply(moveOf(booking, wanted))).toMatchObject([
      { ...booking, scheduleId: wanted, status: "completed", version: 4, change: { status: "completed" } },
    ]);
    const [atOld, atNew] = await request(
      aBooking({ scheduleId: booking.scheduleId }),
      aBooking({ scheduleId: wanted }),
    );
    expect(atOld).toMatchObject({ status: "completed" });
    expect(atNew).toMatchObject({ status: "rejected" });
  });

  test("to a slot that is held keeps the old one and says why", async () => {
    const booking = aBooking();
    const other = aBooking();
    await request(booking, other);
    expect(await apply(moveOf(booking, other.scheduleId))).toMatchObject([
      {
        ...booking,
        status: "completed",
        version: 4,
        change: { number: 1, status: "rejected", scheduleId: other.scheduleId, reason: "schedule_taken" },
      },
    ]);
    expect(await rowOf(booking)).toMatchObject({ schedule_id: booking.scheduleId, changes: 1 });
    expect(await request(aBooking({ scheduleId: booking.scheduleId }))).toMatchObject([{ status: "rejected" }]);
  });

  test("that was refused stays refused when its message comes again and the slot is free by then", async () => {
    const booking = aBooking();
    const other = aBooking();
    await request(booking, other);
    const refused = await apply(moveOf(booking, other.scheduleId));
    await apply(cancelOf(other));
    expect(await apply(moveOf(booking, other.scheduleId))).toEqual(refused);
    expect(await apply(moveOf(booking, other.scheduleId, 2))).toMatchObject([{ change: { status: "completed" } }]);
  });

  test("of an appointment that has no row is an error of that message alone", async () => {
    const good = aBooking();
    await request(good);
    const [bad, fine] = await apply(moveOf(aBooking(), slot()), cancelOf(good));
    expect(bad).toMatchObject({ code: "appointment_unknown", retry: false });
    expect(fine).toMatchObject({ status: "cancelled" });
  });

  test("ten ask for one slot at once: one gets it, nine keep theirs", async () => {
    const bookings = Array.from({ length: 10 }, () => aBooking());
    const wanted = slot();
    await request(...bookings);
    const outcomes = (await Promise.all(bookings.map((booking) => apply(moveOf(booking, wanted))))).flat();
    expect(outcomes.filter((each) => each instanceof AppError)).toEqual([]);
    expect(outcomes.filter((each) => "scheduleId" in each && each.scheduleId === wanted)).toHaveLength(1);
    const [held] = await admin.query("select id from appointment where live_schedule_id = ?", [wanted]);
    expect(held).toHaveLength(1);
  });

  test("people who want each other's slots, at once: none is lost and none is shared", async () => {
    const bookings = Array.from({ length: 6 }, () => aBooking());
    await request(...bookings);
    const swaps = bookings.map((booking, at) => moveOf(booking, bookings[(at + 1) % 6]?.scheduleId ?? 0));
    const batches = [swaps, swaps.toReversed(), swaps];
    const outcomes = (await Promise.all(batches.map((batch) => apply(...batch)))).flat();
    expect(outcomes.filter((each) => each instanceof AppError)).toEqual([]);
    const ids = bookings.map(({ appointmentId }) => appointmentId);
    const [rows] = await admin.query("select live_schedule_id as slot from appointment where id in (?)", [ids]);
    expect(new Set((rows as { slot: number }[]).map((row) => row.slot)).size).toBe(6);
  });
});

describe("delivered again, late or out of order", () => {
  test("each change has the same outcome to the millisecond, and the row stays as it is", async () => {
    const booking = aBooking();
    await request(booking);
    const moved = await apply(moveOf(booking, slot()));
    const row = await rowOf(booking);
    expect(await apply(moveOf(booking, slot()))).toEqual(moved);
    expect(await rowOf(booking)).toEqual(row);
  });

  test("an old change after a newer one changes nothing, and the outcome is the newest decision", async () => {
    const booking = aBooking();
    const [one, two] = [slot(), slot()];
    await request(booking);
    await apply(moveOf(booking, one, 1));
    const newest = await apply(moveOf(booking, two, 2));
    expect(await apply(moveOf(booking, one, 1))).toEqual(newest);
    expect(await apply(cancelOf(booking, { number: 1 }))).toEqual(newest);
  });

  test("a request after the appointment moved changes nothing, and takes the old slot from nobody", async () => {
    const booking = aBooking();
    await request(booking);
    const moved = await apply(moveOf(booking, slot()));
    const next = aBooking({ scheduleId: booking.scheduleId });
    await request(next);
    expect(await request(booking)).toEqual(moved);
    expect(await rowOf(next)).toMatchObject({ status: "completed" });
  });

  test("a change for another person is an error for good, and changes nothing", async () => {
    const booking = aBooking();
    await request(booking);
    const [bad] = await apply(cancelOf({ ...booking, insuredId: "99999" }));
    expect(bad).toMatchObject({ code: "appointment_mismatch", retry: false });
    expect(await rowOf(booking)).toMatchObject({ status: "completed" });
  });

  test("in a batch, changes of one appointment are applied in their order", async () => {
    const booking = aBooking();
    const wanted = slot();
    await request(booking);
    await apply(moveOf(booking, wanted, 1), cancelOf({ ...booking, scheduleId: wanted }, { number: 2 }));
    expect(await rowOf(booking)).toMatchObject({ status: "cancelled", schedule_id: wanted, changes: 2 });
  });
});

test("a change that the database refuses fails alone", async () => {
  const [bad, good] = [aBooking(), aBooking()];
  await request(bad, good);
  expect(await apply(moveOf(bad, -1), cancelOf(good))).toMatchObject([
    { code: "database_failed", retry: false },
    { status: "cancelled" },
  ]);
});

test("nothing to change asks nothing", async () => {
  expect(await apply()).toEqual([]);
});

test("a deadlock in one of the changes is no fault of it: all are applied again at once", async () => {
  const booking = aBooking();
  await request(booking);
  const logged = captureLog();
  // What a MEMORY table holds outlives the statement that fails.
  await admin.query("create table deadlock (times int) engine = memory");
  await admin.query(
    `create trigger deadlock_once before update on appointment for each row
     if not exists (select * from deadlock) then
       insert into deadlock values (1);
       signal sqlstate '40001' set mysql_errno = 1213;
     end if`,
  );
  try {
    expect(await apply(cancelOf(booking))).toMatchObject([{ status: "cancelled", version: 4 }]);
    expect(logged()).toContain("ER_LOCK_DEADLOCK");
  } finally {
    vi.restoreAllMocks();
    await admin.query("drop table deadlock");
    await admin.query("drop trigger deadlock_once");
  }
});

describe("the row obeys the state machine, transition by transition", () => {
  const statuses: RowStatus[] = ["completed", "rejected", "cancelled"];
  const kinds = ["cancel", "reschedule"] as const;

  test.each(kinds.flatMap((kind) => statuses.map((status) => [kind, status] as const)))(
    "%s of a %s row",
    async (kind, status) => {
      const booking = aBooking({ appointmentId: newId() });
      await admin.query(
        "insert into appointment (id, insured_id, schedule_id, status, reason, version, created_at, updated_at) values (?, ?, ?, ?, ?, 2, ?, now(3))",
        [
          booking.appointmentId,
          booking.insuredId,
          booking.scheduleId,
          status,
          status === "rejected" ? "schedule_taken" : null,
          booking.createdAt.replace("T", " ").replace("Z", ""),
        ],
      );
      const before = await rowOf(booking);
      await apply(kind === "cancel" ? cancelOf(booking) : moveOf(booking, slot()));
      const allowed: readonly string[] = changeableIn[kind];
      const after = await rowOf(booking);
      if (!allowed.includes(status)) expect(after).toEqual(before);
      else expect(after).toMatchObject({ changes: 1, status: kind === "cancel" ? "cancelled" : "completed" });
    },
  );
});

describe("clocks that differ", () => {
  const earlier = () => Date.now() - 600_000;

  test("a change is not dated before it was asked for, nor before what became of the row before", async () => {
    const booking = aBooking();
    const [decided] = await decide(database, countries.PE, [booking], earlier);
    expect(decided).toMatchObject({ updatedAt: booking.createdAt });
    const asked = new Date(Date.now() + 600_000).toISOString();
    const [moved] = await applyChanges(database, countries.PE, [told(moveOf(booking, slot()), asked)], earlier);
    expect(moved).toMatchObject({ updatedAt: asked });
    const cancel = cancelOf(booking, { number: 2 });
    const [cancelled] = await applyChanges(database, countries.PE, [told(cancel)], earlier);
    expect(cancelled).toMatchObject({ status: "cancelled", updatedAt: asked });
  });

  test("a cancel that overtakes its request is not dated before it", async () => {
    const booking = aBooking();
    const asked = new Date(Date.now() + 600_000).toISOString();
    const [cancelled] = await applyChanges(database, countries.PE, [told(cancelOf(booking), asked)], earlier);
    expect(cancelled).toMatchObject({ status: "cancelled", updatedAt: asked });
  });
});
