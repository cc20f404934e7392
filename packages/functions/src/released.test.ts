import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { saveChange } from "@appointments/core/appointment/alter";
import type { Caller } from "@appointments/core/appointment/caller";
import {
  type AppointmentOutcome,
  appointmentOutcome,
  appointmentRequested,
  changeRequested,
  commandTypes,
  outcomeTypes,
  parseOutcome,
  parseRequested,
} from "@appointments/core/appointment/event";
import { fromItem } from "@appointments/core/appointment/item";
import * as read from "@appointments/core/appointment/read";
import { settleEach } from "@appointments/core/appointment/settle";
import { putIf } from "@appointments/core/appointment/table";
import type { WireCommand, WireOutcome } from "@appointments/core/appointment/wire";
import { type CountryCode, countries, countryCodes, isCountryCode } from "@appointments/core/country/country";
import { serve } from "@appointments/core/country/serve";
import { type Database, openDatabase } from "@appointments/core/database/database";
import { newId } from "@appointments/core/id";
import { operator } from "@appointments/tests/kit/caller";
import { captureLog } from "@appointments/tests/kit/capture";
import { startTable } from "@appointments/tests/kit/emulator";
import { startMysql, type TestServer } from "@appointments/tests/kit/mysql";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { parseDelivered } from "./queue/message.ts";
import { delivered } from "./testing/messages.ts";

/*
 * Messages and items exactly as releases wrote them, made by the code of those releases, and never changed after: what
 * they say is in queues and tables when the next release is deployed. A new type of event adds its own here.
 */
interface Release {
  release: string;
  items: Record<string, unknown>[];
  requests: WireCommand[];
  outcomes: WireOutcome[];
}
const releases: Release[] = JSON.parse(await readFile(join(import.meta.dirname, "testing/released.json"), "utf8"));
const requests = releases.flatMap((release) => release.requests);
const outcomes = releases.flatMap((release) => release.outcomes);

let emulator: Awaited<ReturnType<typeof startTable>>;
let server: TestServer;
const databases = new Map<CountryCode, Database>();
beforeAll(async () => {
  [emulator, server] = await Promise.all([startTable(), startMysql()]);
  for (const country of countryCodes) databases.set(country, openDatabase((await server.countryDatabase(country)).url));
});
afterAll(async () => {
  for (const database of databases.values()) await database.close();
  await Promise.all([emulator?.stop(), server?.stop()]);
});
beforeEach(() => void captureLog());
afterEach(() => vi.restoreAllMocks());

test("every type of today is among them", () => {
  expect(new Set(requests.map(({ type }) => type))).toEqual(new Set(commandTypes));
  expect(new Set(outcomes.map(({ type }) => type))).toEqual(new Set(outcomeTypes));
});

describe("what is published today under the same types is the same, so that releases before can read it", () => {
  test.each(requests)("$type", (event) => {
    const { data, traceparent, time } = parseRequested(event, countryOf(event));
    const appointment = { status: "completed", version: 1, updatedAt: time, ...data } as const;
    const built =
      "change" in data
        ? changeRequested(appointment, data.change, traceparent)
        : appointmentRequested(appointment, traceparent);
    expect(built).toEqual(event);
    expect(parseRequested(event, countryOf(event))).toEqual(event);
  });

  test.each(outcomes)("$type", (event) => {
    expect(appointmentOutcome(parseOutcome(event).data, event.traceparent)).toEqual(event);
    expect(parseOutcome(event)).toEqual(event);
  });
});

test("a country decides on each, in their order, as the release before did", async () => {
  const told: WireOutcome[] = [];
  for (const request of requests) {
    const countryISO = countryOf(request);
    const database = databases.get(countryISO) ?? expect.unreachable();
    const bus = {
      publish: async (events: WireOutcome[]) => {
        told.push(...events);
        return new Map();
      },
    };
    const serving = { country: countries[countryISO], database, bus };
    expect(await serve(serving, [parseRequested(structuredClone(request), countryISO)])).toEqual([undefined]);
  }
  expect(told.map(withoutClock)).toEqual(outcomes.map(withoutClock));
});

test("the confirmation writes each to the item of its release", async () => {
  for (const item of releases.flatMap(({ items }) => items)) await put(item);
  for (const outcome of outcomes) {
    const { data } = outcome;
    const entry = { Source: outcome.source, DetailType: outcome.type, Detail: JSON.stringify(outcome), Time: 0 };
    const message = parseDelivered(JSON.parse(delivered({ ...entry, EventBusName: "Bus" })));
    await asked(message.data);
    expect(await settleEach(emulator.table, [message])).toEqual([undefined]);
    expect(await read.get(emulator.table, operator, data)).toMatchObject({
      status: data.status,
      scheduleId: data.scheduleId,
      version: data.version,
    });
  }
});

test("an item of the first release, which kept no history, can be cancelled", async () => {
  const [first] = releases[0]?.items ?? [];
  const id = newId();
  const item = { ...first, sk: id, appointmentId: id };
  await put(item);
  const { appointment } = fromItem(item);
  const changed = await saveChange(emulator.table, operator, appointment, { kind: "cancel" });
  expect(changed).toMatchObject({ status: "pending", version: 2, change: { number: 1, kind: "cancel" } });
  expect(await read.history(emulator.table, operator, appointment)).toMatchObject([{ cause: "cancel_requested" }]);
});

test("an Idempotency-Key that a release kept before it knew callers is any caller's", async () => {
  const id = newId();
  const [item] = releases.flatMap(({ items }) => items).filter(({ countryISO }) => countryISO === "PE");
  const at = "2026-11-24T03:00:00.000Z";
  // SHA-256 of "very-own-key", as printf very-own-key | sha256sum says it.
  const key = "072535b292af9944a84d4e956144e3e86f3d472a31fdd57f52437c07ea646d7a";
  const asked = { at, cause: "reschedule_requested", eventId: "x", status: "completed", scheduleId: 8, key };
  await put({ ...item, sk: id, appointmentId: id, scheduleId: 9, status: "completed", history: [asked] });
  const ask = (caller: Caller, scheduleId: number) =>
    saveChange(
      emulator.table,
      caller,
      { insuredId: String(item?.insuredId), appointmentId: id },
      { kind: "reschedule", scheduleId },
      {
        idempotencyKey: "very-own-key",
      },
    );
  const partner: Caller = { kind: "partner", id: "a-client", countries: ["PE"] };
  // What it asked for then has been answered since: it is not asked for again.
  expect(await ask(partner, 8)).not.toHaveProperty("change");
  await expect(ask(partner, 7)).rejects.toMatchObject({ code: "idempotency_key_reused" });
});

/** The country that a request of a release is for. */
const countryOf = ({ data }: WireCommand): CountryCode =>
  isCountryCode(data.countryISO) ? data.countryISO : expect.unreachable();

const put = (Item: Record<string, unknown>) =>
  putIf(emulator.table, { Item, ConditionExpression: "attribute_not_exists(pk)" });

/** Asks for the change that an outcome answers, as the API would have. */
async function asked(data: AppointmentOutcome["data"]): Promise<void> {
  if (!("change" in data)) return;
  const { change } = data;
  const wanted =
    change.kind === "cancel"
      ? { kind: "cancel" as const, ...(change.reason !== undefined && { reason: change.reason }) }
      : { kind: "reschedule" as const, scheduleId: change.scheduleId };
  await saveChange(emulator.table, operator, data, wanted);
}

const withoutClock = ({ time: _time, data: { updatedAt: _updatedAt, ...data }, ...event }: WireOutcome) => ({
  ...event,
  data,
});
