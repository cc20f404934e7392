import { operator } from "@appointments/tests/kit/caller";
import { captureLog } from "@appointments/tests/kit/capture";
import { startTable } from "@appointments/tests/kit/emulator";
import { type Connection, startMysql, type TestServer } from "@appointments/tests/kit/mysql";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { countries } from "../country/country.ts";
import { serve } from "../country/serve.ts";
import { type Database, openDatabase } from "../database/database.ts";
import { saveChange } from "./alter.ts";
import type { Appointment, Wanted } from "./appointment.ts";
import { commandOf, parseOutcome, parseRequested } from "./event.ts";
import * as read from "./read.ts";
import { saveRequest } from "./request.ts";
import { settle, settleEach } from "./settle.ts";
import type { WireCommand, WireOutcome } from "./wire.ts";

let emulator: Awaited<ReturnType<typeof startTable>>;
let server: TestServer;
let database: Database;
let admin: Connection;

beforeAll(async () => {
  [emulator, server] = await Promise.all([startTable(), startMysql()]);
  const made = await server.countryDatabase("PE");
  database = openDatabase(made.url);
  admin = made.admin;
});
afterAll(async () => {
  await database?.close();
  await Promise.all([emulator?.stop(), server?.stop()]);
});
beforeEach(() => void captureLog());
afterEach(() => vi.restoreAllMocks());

/** The outcomes that the country publishes for these messages, each in a batch of its own or all in one. */
async function country(messages: WireCommand[], together = false): Promise<WireOutcome[]> {
  const told: WireOutcome[] = [];
  const publish = async (events: WireOutcome[]) => {
    told.push(...events);
    return new Map();
  };
  for (const batch of together ? [messages] : messages.map((message) => [message])) {
    const errors = await serve(
      { country: countries.PE, database, bus: { publish } },
      batch.map((message) => parseRequested(message, "PE")),
    );
    expect(errors.filter(Boolean)).toEqual([]);
  }
  return told;
}

async function confirm(outcomes: WireOutcome[]): Promise<void> {
  for (const outcome of outcomes)
    expect(await settleEach(emulator.table, [parseOutcome(outcome)])).toEqual([undefined]);
}

const permutations = <Item>(items: Item[]): Item[][] =>
  items.length < 2
    ? [items]
    : items.flatMap((first, at) => permutations(items.toSpliced(at, 1)).map((rest) => [first, ...rest]));

const slot = () => Math.ceil(Math.random() * 2 ** 47);
const pending = (scheduleId = slot()) =>
  saveRequest(emulator.table, operator, { insuredId: "00042", scheduleId, countryISO: "PE" });

/** The end of an appointment: its item and its row, without what differs by clock. */
async function endOf({ insuredId, appointmentId }: Appointment) {
  const { status, scheduleId, version, change, reason } =
    (await read.get(emulator.table, operator, { insuredId, appointmentId })) ?? expect.unreachable();
  const [rows] = await admin.query("select status, schedule_id, version from appointment where id = ?", [
    appointmentId,
  ]);
  const [row] = rows as { status: string; schedule_id: number; version: number }[];
  expect(row).toEqual({ status, schedule_id: scheduleId, version });
  return { status, version, ...(change && { change }), ...(reason && { reason }) };
}

/** Asks for a change and gives the message that the API publishes for it. */
async function ask(of: Appointment, wanted: Wanted): Promise<WireCommand> {
  return commandOf(await saveChange(emulator.table, operator, of, wanted), undefined);
}

test.each([false, true])(
  "a request and the cancel that follows it, in every order and twice: cancelled (in one batch: %s)",
  async (together) => {
    for (const order of permutations([0, 1, 0, 1])) {
      const made = await pending();
      const messages = [commandOf(made, undefined), await ask(made, { kind: "cancel", reason: "duplicate" })];
      const told = await country(
        order.flatMap((at) => messages[at] ?? []),
        together,
      );
      // The outcomes come in the other order, and again.
      await confirm(told.toReversed());
      await confirm(told);
      expect(await endOf(made)).toMatchObject({ status: "cancelled", version: 3, reason: "duplicate" });
    }
  },
);

test("every message of a whole life, late, in every order and twice: nothing moves any more", async () => {
  const made = await pending();
  const messages = [commandOf(made, undefined)];
  const told: WireOutcome[] = [];
  const step = async () => {
    const outcomes = await country(messages.slice(-1));
    told.push(...outcomes);
    await confirm(outcomes);
  };
  await step();
  const held = await pending();
  await confirm(await country([commandOf(held, undefined)]));
  for (const wanted of [
    { kind: "reschedule", scheduleId: held.scheduleId },
    { kind: "reschedule", scheduleId: slot() },
    { kind: "cancel" },
  ] as const) {
    messages.push(await ask(made, wanted));
    await step();
  }
  expect(told.map(({ type }) => type.split(".")[1])).toEqual([
    "completed",
    "reschedule_rejected",
    "rescheduled",
    "cancelled",
  ]);
  const end = await endOf(made);
  const history = await read.history(emulator.table, operator, made);
  expect(history).toHaveLength(8);
  for (const order of permutations(messages)) {
    await confirm(await country([...order, ...order]));
    await confirm(await country(order, true));
  }
  for (const order of permutations(told)) await confirm([...order, ...order]);
  expect(await endOf(made)).toEqual(end);
  expect(await read.history(emulator.table, operator, made)).toEqual(history);
  expect(await endOf(held)).toMatchObject({ status: "completed" });
}, 120_000);

test("the loser of a slot who cancels before it is decided stays rejected, in every order", async () => {
  for (const order of permutations(["rejected", "cancel"] as const)) {
    const scheduleId = slot();
    const [winner, loser] = [await pending(scheduleId), await pending(scheduleId)];
    await confirm(await country([commandOf(winner, undefined)]));
    const request = commandOf(loser, undefined);
    const told = { rejected: await country([request]), cancel: await country([await ask(loser, { kind: "cancel" })]) };
    for (const each of order) await confirm(told[each]);
    const refused = { status: "rejected", reason: "already_yours", heldBy: winner.appointmentId };
    expect(await read.get(emulator.table, operator, loser)).toMatchObject(refused);
  }
});

test("what is settled is what the country told: a repeat of the outcome changes nothing", async () => {
  const made = await pending();
  const [outcome] = await country([commandOf(made, undefined)]);
  expect(outcome && (await settle(emulator.table, parseOutcome(outcome).data))).toBe(true);
  expect(outcome && (await settle(emulator.table, parseOutcome(outcome).data))).toBe(false);
});
