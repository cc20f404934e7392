import { book } from "@appointments/core/appointment/appointment";
import { busNamed } from "@appointments/core/appointment/bus";
import { appointmentRequested, parseRequested } from "@appointments/core/appointment/event";
import { settleEach } from "@appointments/core/appointment/settle";
import { topicAt } from "@appointments/core/appointment/topic";
import { type CountryCode, countries, countryCodes } from "@appointments/core/country/country";
import { serve } from "@appointments/core/country/serve";
import { type Database, openDatabase } from "@appointments/core/database/database";
import { newId } from "@appointments/core/id";
import { toTimestamp } from "@appointments/core/time";
import { captureLog } from "@appointments/tests/kit/capture";
import { startMessaging, startTable } from "@appointments/tests/kit/emulator";
import { startEventBus } from "@appointments/tests/kit/event-bus";
import { type Connection, startMysql } from "@appointments/tests/kit/mysql";
import * as v from "valibot";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createApp } from "./api/app.ts";
import { answerSchema } from "./api/appointment.ts";
import { consume } from "./queue/consume.ts";
import { parseDelivered } from "./queue/message.ts";
import { asAdmin } from "./testing/caller.ts";
import { batchOf, delivered, record } from "./testing/messages.ts";
import { settings } from "./testing/settings.ts";

let flow: Awaited<ReturnType<typeof startFlow>>;
let logged: () => string;

beforeAll(async () => {
  flow = await startFlow();
});
afterAll(() => flow?.stop());
beforeEach(() => {
  logged = captureLog();
});
afterEach(() => {
  vi.restoreAllMocks();
  flow.bus.state.verdict = () => undefined;
  flow.bus.state.status = 200;
});

/** The real code over a real database and the emulators, one hop at a time. */
async function startFlow() {
  const [{ table, stop: stopTable }, messaging, bus, mysql] = await Promise.all([
    startTable(),
    startMessaging(),
    startEventBus(),
    startMysql(),
  ]);
  const { topicArn } = await messaging.topicInto("requested", "requests");
  const offices = new Map<CountryCode, { database: Database; admin: Connection }>();
  for (const code of countryCodes) {
    const { url, admin } = await mysql.countryDatabase(code);
    offices.set(code, { database: openDatabase(url), admin });
  }
  const officeOf = (code: CountryCode) => {
    const office = offices.get(code);
    if (!office) throw new Error(`${code} has no database in this test`);
    return office;
  };
  const { queueUrl: deadLetterUrl } = await messaging.emulator.createQueue("dead");
  const { queueUrl: url } = await messaging.emulator.createQueue("source");
  const queue = { source: { name: "SQS_PE", url, deadLetterUrl, maxReceiveCount: 5 }, client: messaging.sqs } as const;
  const app = createApp({
    ...settings,
    table,
    topic: topicAt(messaging.sns, topicArn),
  });
  return {
    app,
    bus,
    table,
    messaging,
    officeOf,
    /** Takes the requests that were published since the last time. */
    takeRequests: async (): Promise<string[]> => {
      const bodies = messaging.bodies("requests");
      await messaging.emulator.deleteQueue("requests");
      await messaging.topicInto("requested", "requests");
      return bodies;
    },
    country: (code: CountryCode, ...bodies: string[]) =>
      consume(batchOf(...bodies.map((body) => record(body))), {
        ...queue,
        parse: (json) => parseRequested(json, code),
        process: (requests) =>
          serve(
            {
              country: countries[code],
              database: officeOf(code).database,
              bus: busNamed(bus.client, "Bus"),
            },
            requests,
          ),
      }),
    confirm: (...bodies: string[]) =>
      consume(batchOf(...bodies.map((body) => record(body))), {
        ...queue,
        parse: parseDelivered,
        process: (outcomes) => settleEach(table, outcomes),
      }),
    stop: async () => {
      for (const { database } of offices.values()) await database.close();
      await Promise.all([stopTable(), messaging.stop(), bus.stop(), mysql.stop()]);
    },
  };
}

/** Posts, and parses the answer strictly: an internal attribute in it would be an error. */
async function post(body: unknown, headers: Record<string, string> = {}) {
  const response = await flow.app.request(
    "/appointments",
    {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    },
    asAdmin,
  );
  return {
    status: response.status,
    location: response.headers.get("location"),
    appointment: v.parse(answerSchema, await response.json()),
  };
}

const read = async (location: string | null) => (await flow.app.request(location ?? "", {}, asAdmin)).json();

async function rows(code: CountryCode, appointmentId: string): Promise<number> {
  const [found] = await flow.officeOf(code).admin.query("select id from appointment where id = ?", [appointmentId]);
  return (found as unknown[]).length;
}

const slot = () => Math.ceil(Math.random() * 2 ** 47);

test.each(countryCodes)(
  "%s: what is booked becomes completed, with a row in that country's database only",
  async (code) => {
    const { status, location, appointment } = await post({ insuredId: "00042", scheduleId: slot(), countryISO: code });
    expect(status).toBe(202);
    expect(appointment).toMatchObject({ status: "pending", insuredId: "00042", countryISO: code, version: 1 });
    await flow.country(code, ...(await flow.takeRequests()));
    await flow.confirm(...flow.bus.state.taken.splice(0).map(delivered));
    expect(await read(location)).toMatchObject({ status: "completed", version: 2, scheduleId: appointment.scheduleId });
    for (const each of countryCodes) expect(await rows(each, appointment.appointmentId)).toBe(each === code ? 1 : 0);
  },
);

test("the second who asks for a slot is rejected and told why", async () => {
  const scheduleId = slot();
  const first = await post({ insuredId: "00001", scheduleId, countryISO: "PE" });
  const second = await post({ insuredId: "00002", scheduleId, countryISO: "PE" });
  await flow.country("PE", ...(await flow.takeRequests()));
  await flow.confirm(...flow.bus.state.taken.splice(0).map(delivered));
  expect(await read(first.location)).toMatchObject({ status: "completed" });
  expect(await read(second.location)).toMatchObject({ status: "rejected", reason: "schedule_taken" });
});

test("who asks again for a slot of theirs is rejected, and told which appointment has it", async () => {
  const wanted = { insuredId: "00042", scheduleId: slot(), countryISO: "PE" };
  const [first, again] = [await post(wanted), await post(wanted)];
  await flow.country("PE", ...(await flow.takeRequests()));
  await flow.confirm(...flow.bus.state.taken.splice(0).map(delivered));
  const { appointmentId: heldBy } = first.appointment;
  expect(await read(first.location)).toMatchObject({ status: "completed" });
  expect(await read(again.location)).toMatchObject({ status: "rejected", reason: "already_yours", heldBy });
});

test("a message is delivered twice: one row, the same event again, nothing moves", async () => {
  const { location, appointment } = await post({ insuredId: "00042", scheduleId: slot(), countryISO: "PE" });
  const requests = await flow.takeRequests();
  await flow.country("PE", ...requests);
  await flow.country("PE", ...requests, ...requests);
  const events = flow.bus.state.taken.splice(0);
  expect(new Set(events.map(({ Detail }) => Detail)).size).toBe(1);
  await flow.confirm(...events.map(delivered));
  const settled = await read(location);
  await flow.confirm(...events.map(delivered));
  expect(await read(location)).toEqual(settled);
  expect(await rows("PE", appointment.appointmentId)).toBe(1);
});

test("an error between the insert and PutEvents: the message stays, and its redelivery publishes the outcome", async () => {
  const { location, appointment } = await post({ insuredId: "00042", scheduleId: slot(), countryISO: "PE" });
  const requests = await flow.takeRequests();
  flow.bus.state.status = 500;
  expect((await flow.country("PE", ...requests)).batchItemFailures).toHaveLength(1);
  expect(await rows("PE", appointment.appointmentId)).toBe(1);
  flow.bus.state.status = 200;
  expect((await flow.country("PE", ...requests)).batchItemFailures).toEqual([]);
  await flow.confirm(...flow.bus.state.taken.splice(0).map(delivered));
  expect(await read(location)).toMatchObject({ status: "completed" });
});

test("PutEvents answers with FailedEntryCount above zero: only those messages come again", async () => {
  await post({ insuredId: "00001", scheduleId: slot(), countryISO: "PE" });
  const unlucky = await post({ insuredId: "00002", scheduleId: slot(), countryISO: "PE" });
  flow.bus.state.verdict = ({ Detail }) =>
    Detail.includes(unlucky.appointment.appointmentId) ? "ThrottlingException" : undefined;
  const { batchItemFailures } = await flow.country("PE", ...(await flow.takeRequests()));
  expect(batchItemFailures).toHaveLength(1);
  expect(flow.bus.state.taken.splice(0)).toHaveLength(1);
});

test("a row that the database refuses harms no other in its batch", async () => {
  const request = (scheduleId: number) => {
    const pending = { insuredId: "00042", scheduleId, countryISO: "PE" as const };
    const booking = book(pending, newId(), toTimestamp(Date.now()));
    return { ...appointmentRequested(booking, undefined), data: booking };
  };
  const { database } = flow.officeOf("PE");
  const serving = { country: countries.PE, database, bus: { publish: async () => new Map() } };
  const errors = await serve(serving, [request(slot()), request(-1), request(slot())]);
  expect(errors).toMatchObject([undefined, { code: "database_failed", retry: false }, undefined]);
});

test("no personal data is in any log of the whole flow", async () => {
  const insuredId = "73519";
  const { appointment } = await post(
    { insuredId, scheduleId: slot(), countryISO: "PE" },
    { "idempotency-key": "very-own-key" },
  );
  await flow.country("PE", ...(await flow.takeRequests()));
  await flow.confirm(...flow.bus.state.taken.splice(0).map(delivered));
  expect(logged()).toContain(appointment.appointmentId);
  expect(logged()).not.toContain(insuredId);
  expect(logged()).not.toContain("very-own-key");
});
