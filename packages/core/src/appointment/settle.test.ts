import { operator } from "@appointments/tests/kit/caller";
import { captureLog } from "@appointments/tests/kit/capture";
import { startTable } from "@appointments/tests/kit/emulator";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { newId } from "../id.ts";
import { newTraceparent } from "../trace.ts";
import { saveChange } from "./alter.ts";
import { type Appointment, type Change, changeableIn, type Outcome, reachedFrom, statuses } from "./appointment.ts";
import { appointmentOutcome } from "./event.ts";
import { keyOf, waiting } from "./item.ts";
import { get, history } from "./read.ts";
import { saveRequest } from "./request.ts";
import { settle, settleEach } from "./settle.ts";
import type { Table } from "./table.ts";

let emulator: Awaited<ReturnType<typeof startTable>>;
let table: Table;
beforeAll(async () => {
  emulator = await startTable();
  table = emulator.table;
});
afterAll(() => emulator?.stop());

const now = "2026-11-24T03:00:00.000Z";
const later = "2026-11-24T04:00:00.000Z";
const facts = ["completed", "rejected", "cancelled", "rescheduled", "reschedule_rejected"] as const;
type Fact = (typeof facts)[number];

const booking = ({ appointmentId, insuredId, scheduleId, countryISO, createdAt }: Appointment) => ({
  appointmentId,
  insuredId,
  scheduleId,
  countryISO,
  createdAt,
});

function told(of: Appointment, fact: Fact, number = 1, wanted = 8): Outcome {
  const decided = { ...booking(of), version: 9, updatedAt: later };
  if (fact === "completed") return { ...decided, status: fact };
  if (fact === "rejected") return { ...decided, status: fact, reason: "schedule_taken" };
  if (fact === "cancelled") {
    return { ...decided, status: fact, change: { number, kind: "cancel", status: "completed", reason: "duplicate" } };
  }
  const change = { number, kind: "reschedule", scheduleId: wanted } as const;
  return fact === "rescheduled"
    ? { ...decided, scheduleId: wanted, status: "completed", change: { ...change, status: "completed" } }
    : { ...decided, status: "completed", change: { ...change, status: "rejected", reason: "schedule_taken" } };
}

async function stored(parts: Partial<Appointment> = {}): Promise<Appointment> {
  const made: Appointment = {
    appointmentId: newId(),
    insuredId: "00042",
    scheduleId: 7,
    countryISO: "PE",
    status: "pending",
    version: 3,
    createdAt: now,
    updatedAt: now,
    ...parts,
  };
  const item = { ...keyOf(made), ...made, ...waiting(made, 0), history: [] };
  await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
  return made;
}

const open = (kind: Change["kind"]): Change => ({
  number: 1,
  kind,
  status: "pending",
  ...(kind === "reschedule" && { scheduleId: 8 }),
});

describe("the item obeys the state machine, transition by transition", () => {
  const changes = [undefined, "cancel", "reschedule"] as const;
  const all = facts.flatMap((fact) =>
    statuses.flatMap((status) => changes.map((change) => [fact, status, change ?? "no change"] as const)),
  );

  test.each(all)("%s, of what is %s with %s under way", async (fact, status, under) => {
    const change = under === "no change" ? undefined : open(under);
    const before = await stored({ status, ...(change && { change }) });
    const outcome = told(before, fact);
    const from: readonly string[] =
      fact === "rescheduled" || fact === "reschedule_rejected" ? changeableIn.reschedule : reachedFrom[outcome.status];
    const answers = {
      completed: under === "no change",
      rejected: true,
      cancelled: under === "cancel",
      rescheduled: under === "reschedule",
      reschedule_rejected: under === "reschedule",
    }[fact];
    const allowed = from.includes(status) && answers;
    expect(await settle(table, outcome).catch(() => false)).toBe(allowed);
    const after = await get(table, operator, before);
    if (!allowed) expect(after).toEqual(before);
    else expect(after).toMatchObject({ status: outcome.status, version: before.version + 1, updatedAt: later });
  });
});

test("a change that was refused keeps the slot and says why", async () => {
  const before = await stored({ status: "completed", change: open("reschedule") });
  await settle(table, told(before, "reschedule_rejected"));
  expect(await get(table, operator, before)).toMatchObject({
    scheduleId: 7,
    change: { number: 1, kind: "reschedule", status: "rejected", scheduleId: 8, reason: "schedule_taken" },
  });
});

test.each(["rescheduled", "reschedule_rejected"] as const)("%s, told again: nothing moves", async (fact) => {
  const before = await stored({ status: "completed", change: open("reschedule") });
  expect(await settle(table, told(before, fact))).toBe(true);
  const settled = await get(table, operator, before);
  expect(await settle(table, told(before, fact))).toBe(false);
  expect(await get(table, operator, before)).toEqual(settled);
  expect(await history(table, operator, before)).toHaveLength(1);
});

test("a rejected appointment has no change under way any more", async () => {
  const before = await stored({ change: open("cancel") });
  await settle(table, told(before, "rejected"));
  expect(await get(table, operator, before)).not.toHaveProperty("change");
});

test.each([
  ["a change nobody asked for", { status: "completed" as const, change: undefined }, "rescheduled" as const, 1, 8],
  [
    "a later change than any",
    { status: "completed" as const, change: open("reschedule") },
    "rescheduled" as const,
    2,
    8,
  ],
  ["another slot", { status: "completed" as const, change: open("reschedule") }, "rescheduled" as const, 1, 9],
  ["another kind of change", { status: "completed" as const, change: open("cancel") }, "rescheduled" as const, 1, 8],
])("an outcome for %s is an error for good and changes nothing", async (_what, parts, fact, number, wanted) => {
  const { change, status } = parts;
  const before = await stored({ status, ...(change && { change }) });
  await expect(settle(table, told(before, fact, number, wanted))).rejects.toMatchObject({
    code: "appointment_mismatch",
    retry: false,
  });
  expect(await get(table, operator, before)).toEqual(before);
});

/** Every order of some things. */
const permutations = <Item>(items: Item[]): Item[][] =>
  items.length < 2
    ? [items]
    : items.flatMap((first, at) => permutations(items.toSpliced(at, 1)).map((rest) => [first, ...rest]));

test("cancelled and completed, told in any order and twice: cancelled, and both are in the history once", async () => {
  for (const order of permutations(["completed", "cancelled", "completed", "cancelled"] as const)) {
    const pending = await saveRequest(table, operator, { insuredId: "00042", scheduleId: 7, countryISO: "PE" });
    const asked = await saveChange(table, operator, pending, { kind: "cancel", reason: "duplicate" });
    for (const fact of order) await settle(table, told(asked, fact));
    expect(await get(table, operator, asked)).toMatchObject({ status: "cancelled", version: 3, reason: "duplicate" });
    const causes = (await history(table, operator, asked))?.map(({ cause }) => cause);
    expect(causes?.toSorted()).toEqual(["cancel_requested", "cancelled", "completed", "requested"]);
  }
});

test("a change is not dated before what the appointment was, though this clock is behind", async () => {
  const made = await stored({ status: "completed", updatedAt: later });
  const asked = await saveChange(table, operator, made, { kind: "cancel" }, { clock: () => Date.parse(now) });
  expect(asked.updatedAt).toBe(later);
  expect(await history(table, operator, made)).toEqual([
    expect.objectContaining({ cause: "cancel_requested", at: later }),
  ]);
});

test("completed and cancelled at one moment, told the wrong way round: the history reads in the order of cause and effect", async () => {
  const pending = await saveRequest(
    table,
    operator,
    { insuredId: "00042", scheduleId: 7, countryISO: "PE" },
    { clock: () => 0 },
  );
  const asked = await saveChange(table, operator, pending, { kind: "cancel" }, { clock: () => 1000 });
  for (const fact of ["cancelled", "completed"] as const) {
    await settle(table, { ...told(asked, fact), updatedAt: later });
  }
  const causes = (await history(table, operator, asked))?.map(({ cause }) => cause);
  expect(causes).toEqual(["requested", "cancel_requested", "completed", "cancelled"]);
});

test("the history names each event and who asked for it, oldest first, and holds nothing internal", async () => {
  const pending = await saveRequest(
    table,
    operator,
    { insuredId: "00042", scheduleId: 7, countryISO: "PE" },
    { clock: () => 0 },
  );
  await settle(table, { ...told(pending, "completed"), updatedAt: "1970-01-01T00:00:01.000Z" });
  const asked = await saveChange(
    table,
    operator,
    pending,
    { kind: "reschedule", scheduleId: 8 },
    { clock: () => 2000, idempotencyKey: "k" },
  );
  const outcome = { ...told(asked, "rescheduled"), updatedAt: "1970-01-01T00:00:03.000Z" };
  await settle(table, outcome);
  const id = pending.appointmentId;
  expect(await history(table, operator, pending)).toEqual([
    {
      at: "1970-01-01T00:00:00.000Z",
      cause: "requested",
      eventId: `${id}.requested`,
      status: "pending",
      scheduleId: 7,
      by: { kind: "operator" },
    },
    {
      at: "1970-01-01T00:00:01.000Z",
      cause: "completed",
      eventId: `${id}.completed`,
      status: "completed",
      scheduleId: 7,
    },
    {
      at: "1970-01-01T00:00:02.000Z",
      cause: "reschedule_requested",
      eventId: `${id}.reschedule.1`,
      status: "completed",
      scheduleId: 8,
      by: { kind: "operator" },
    },
    {
      at: "1970-01-01T00:00:03.000Z",
      cause: "rescheduled",
      eventId: appointmentOutcome(outcome, undefined).id,
      status: "completed",
      scheduleId: 8,
    },
  ]);
});

test("an item of the version before, with no history, is settled and begins one", async () => {
  const pending = await stored({ version: 1 });
  const { history: _none, ...item } = { ...keyOf(pending), ...pending, ...waiting(pending, 0), history: [] };
  await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
  expect(await settle(table, told(pending, "completed"))).toBe(true);
  expect(await history(table, operator, pending)).toMatchObject([{ cause: "completed" }]);
});

test("the log says whether an outcome changed something, or had been told before", async () => {
  const logged = captureLog();
  const pending = await stored();
  const traceparent = newTraceparent();
  const outcome = { ...appointmentOutcome(told(pending, "completed"), traceparent), data: told(pending, "completed") };
  const events = () => [...logged().matchAll(/"event":"([a-z._]+)"/g)].map(([, event]) => event);
  expect(await settleEach(table, [outcome])).toEqual([undefined]);
  expect(events()).toEqual(["appointment.settled"]);
  const { appointmentId, countryISO } = pending;
  expect(JSON.parse(logged().split("\n")[0] ?? "")).toMatchObject({
    appointmentId,
    countryISO,
    status: "completed",
    traceparent,
  });
  expect(await settleEach(table, [outcome])).toEqual([undefined]);
  expect(events()).toEqual(["appointment.settled", "appointment.settled_before"]);
  vi.restoreAllMocks();
});
