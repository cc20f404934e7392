import { saveChange } from "@appointments/core/appointment/alter";
import type { Appointment } from "@appointments/core/appointment/appointment";
import { list } from "@appointments/core/appointment/list";
import * as read from "@appointments/core/appointment/read";
import { saveRequest } from "@appointments/core/appointment/request";
import { settle } from "@appointments/core/appointment/settle";
import { topicAt } from "@appointments/core/appointment/topic";
import { newId } from "@appointments/core/id";
import { operator } from "@appointments/tests/kit/caller";
import { captureLog } from "@appointments/tests/kit/capture";
import { startMessaging, startTable } from "@appointments/tests/kit/emulator";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { asAdmin } from "../testing/caller.ts";
import { settings } from "../testing/settings.ts";
import { createApp } from "./app.ts";

let emulator: Awaited<ReturnType<typeof startTable>>;
let messaging: Awaited<ReturnType<typeof startMessaging>>;
let app: ReturnType<typeof createApp>;
let topicArn: string;
let insuredId: string;
let logged: () => string;
let counter = 0;

beforeAll(async () => {
  [emulator, messaging] = await Promise.all([startTable(), startMessaging()]);
});
afterAll(async () => {
  await emulator?.stop();
  await messaging?.stop();
});
beforeEach(async () => {
  logged = captureLog();
  insuredId = String(60_000 + ++counter);
  ({ topicArn } = await messaging.topicInto(`topic-${counter}`, `queue-${counter}`));
  app = createApp({
    ...settings,
    table: emulator.table,
    topic: topicAt(messaging.sns, topicArn),
  });
});
afterEach(() => vi.restoreAllMocks());

const published = () => messaging.bodies(`queue-${counter}`).map((body) => JSON.parse(body));
const outcome = ({ status: _s, change: _c, reason: _r, ...rest }: Appointment) => rest;

const pending = () => saveRequest(emulator.table, operator, { insuredId, scheduleId: 7, countryISO: "PE" });
async function completed(): Promise<Appointment> {
  const made = await pending();
  await settle(emulator.table, { ...outcome(made), status: "completed", version: 2 });
  return (await read.get(emulator.table, operator, made)) ?? made;
}
async function rejected(): Promise<Appointment> {
  const made = await pending();
  await settle(emulator.table, { ...outcome(made), status: "rejected", reason: "schedule_taken", version: 2 });
  return made;
}
async function cancelled(): Promise<Appointment> {
  const made = await saveChange(emulator.table, operator, await completed(), { kind: "cancel" });
  const change = { number: 1, kind: "cancel", status: "completed" } as const;
  await settle(emulator.table, { ...outcome(made), status: "cancelled", change });
  return made;
}

async function send(of: Appointment, verb: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await app.request(
    `/appointments/${of.insuredId}/${of.appointmentId}/${verb}`,
    {
      method: "POST",
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    },
    asAdmin,
  );
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}
const cancel = (of: Appointment, body?: unknown, headers = {}) => send(of, "cancel", body, headers);
const reschedule = (of: Appointment, scheduleId: number, headers = {}) =>
  send(of, "reschedule", { scheduleId }, headers);
const refusal = (status: number, code: string) => ({
  status,
  body: { status, code, type: `/docs#error-${code}` },
});

describe("POST …/cancel", () => {
  test("answers 202 with the change under way and its ETag, and asks the country with the whole booking", async () => {
    const made = await completed();
    const answer = await cancel(made, { reason: "patient_request" });
    const change = { number: 1, kind: "cancel", status: "pending", reason: "patient_request" };
    expect(answer).toMatchObject({ status: 202, body: { status: "completed", version: 3, change } });
    expect(answer.headers.get("etag")).toBe('"3"');
    expect(answer.headers.get("location")).toBe(`/appointments/${insuredId}/${made.appointmentId}`);
    expect(published()).toMatchObject([
      {
        id: `${made.appointmentId}.cancel.1`,
        type: "appointment.cancel_requested.v1",
        data: { insuredId, scheduleId: 7, createdAt: made.createdAt, version: 3, change },
      },
    ]);
  });

  test("needs no body, and works while the country has not decided", async () => {
    expect(await cancel(await pending())).toMatchObject({ status: 202, body: { status: "pending", version: 2 } });
  });

  test("again: the same answer, the same event, one change", async () => {
    const made = await completed();
    const [first, again] = [await cancel(made), await cancel(made, { reason: "other" })];
    expect(again).toMatchObject({ status: 202, body: first.body });
    for (const { headers } of [first, again]) {
      expect([headers.get("idempotency-replayed"), headers.get("retry-after")]).toEqual([null, "1"]);
    }
    expect(new Set(published().map((event) => JSON.stringify({ ...event, traceparent: "" }))).size).toBe(1);
  });

  test("of what is cancelled: 202 with the appointment, also when the caller's version is old, and nobody is asked", async () => {
    const made = await cancelled();
    expect(await cancel(made, {}, { "if-match": '"2"' })).toMatchObject({ status: 202, body: { status: "cancelled" } });
    expect(published()).toEqual([]);
  });

  test("of what was rejected: 409", async () => {
    expect(await cancel(await rejected())).toMatchObject(refusal(409, "appointment_rejected"));
  });

  test("while it is being moved: 409", async () => {
    const made = await completed();
    await reschedule(made, 8);
    expect(await cancel(made)).toMatchObject(refusal(409, "change_in_progress"));
  });

  const bad = [{ reason: "bad_mood" }, { reason: null }, { because: "x" }, [], [[]], null, "text"];
  test.each(bad.map((body) => ({ body })))("$body: 422", async ({ body }) => {
    expect(await cancel(await completed(), body)).toMatchObject(refusal(422, "fields_invalid"));
    expect(published()).toEqual([]);
  });

  test("twenty at once are one change", async () => {
    const made = await completed();
    const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(made)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await read.history(emulator.table, operator, made)).toHaveLength(3);
  });
});

describe("POST …/reschedule", () => {
  test("answers 202, keeps the slot for now, and asks the country", async () => {
    const made = await completed();
    const change = { number: 1, kind: "reschedule", status: "pending", scheduleId: 8 };
    expect(await reschedule(made, 8)).toMatchObject({ status: 202, body: { scheduleId: 7, version: 3, change } });
    expect(published()).toMatchObject([{ id: `${made.appointmentId}.reschedule.1`, data: { scheduleId: 7, change } }]);
  });

  test("to where it is already, or is being moved: 202 and no second change", async () => {
    const made = await completed();
    expect(await reschedule(made, 7)).toMatchObject({ status: 202, body: { version: 2 } });
    await reschedule(made, 8);
    expect(await reschedule(made, 8)).toMatchObject({ status: 202, body: { version: 3 } });
    expect(await reschedule(made, 9)).toMatchObject(refusal(409, "change_in_progress"));
  });

  test.each([
    ["pending", pending, "appointment_pending"],
    ["rejected", rejected, "appointment_rejected"],
    ["cancelled", cancelled, "appointment_cancelled"],
  ] as const)("of what is %s: 409", async (_status, make, code) => {
    expect(await reschedule(await make(), 8)).toMatchObject(refusal(409, code));
  });

  test("with no body: 400; with a bad slot: 422", async () => {
    const made = await completed();
    expect(await send(made, "reschedule")).toMatchObject(refusal(400, "body_missing"));
    expect(await reschedule(made, -1)).toMatchObject(refusal(422, "fields_invalid"));
  });
});

describe("If-Match", () => {
  const verbs = [
    ["cancel", {}],
    ["reschedule", { scheduleId: 8 }],
  ] as const;

  test.each(verbs)("%s: a stale one is 412 and changes nothing", async (verb, body) => {
    const made = await completed();
    for (const stale of ['"1"', '"3"', 'W/"2"', '"x", "1"']) {
      expect(await send(made, verb, body, { "if-match": stale })).toMatchObject(refusal(412, "version_stale"));
    }
    expect(await read.get(emulator.table, operator, made)).toEqual(made);
    expect(published()).toEqual([]);
  });

  test.each(verbs)("%s: the current one, one of a list, and * are taken", async (verb, body) => {
    for (const current of ['"2"', '"1", "2"', "*"]) {
      expect((await send(await completed(), verb, body, { "if-match": current })).status).toBe(202);
    }
  });

  test.each(["2", '"2', "", "*, *", '"2" "3"', 'w/"2"', "W/2"])("%j is malformed: 400", async (header) => {
    const made = await completed();
    const request = new Request(`http://x/appointments/${insuredId}/${made.appointmentId}/cancel`, { method: "POST" });
    vi.spyOn(request.headers, "get").mockImplementation((name) => (name === "if-match" ? header : null));
    const response = await app.request(request, undefined, asAdmin);
    expect({ status: response.status, body: await response.json() }).toMatchObject(refusal(400, "if_match_invalid"));
  });

  test("the ETag of an answer is what If-Match takes", async () => {
    const made = await completed();
    const read = await app.request(`/appointments/${insuredId}/${made.appointmentId}`, {}, asAdmin);
    const etag = read.headers.get("etag") ?? "";
    expect(etag).toBe('"2"');
    expect((await cancel(made, {}, { "if-match": etag })).status).toBe(202);
  });
});

describe("with an Idempotency-Key", () => {
  const key = { "idempotency-key": "very-own-key" };

  test("a repeat changes nothing, even when the appointment has moved on since", async () => {
    const made = await completed();
    const asked = (await reschedule(made, 8, key)).body as unknown as Appointment;
    const change = {
      number: 1,
      kind: "reschedule",
      status: "rejected",
      scheduleId: 8,
      reason: "schedule_taken",
    } as const;
    await settle(emulator.table, { ...outcome(asked), status: "completed", change });
    const again = await reschedule(made, 8, key);
    expect(again).toMatchObject({ status: 202, body: { version: 4, change } });
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(await reschedule(made, 8)).toMatchObject({ status: 202, body: { version: 5, change: { number: 2 } } });
  });

  test("another change under the same key is 422", async () => {
    const made = await completed();
    await reschedule(made, 8, key);
    expect(await reschedule(made, 9, key)).toMatchObject(refusal(422, "idempotency_key_reused"));
    expect(await cancel(made, {}, key)).toMatchObject(refusal(422, "idempotency_key_reused"));
  });

  test("a cancel that comes again is answered as before; with another reason it is 422", async () => {
    const made = await completed();
    const first = await cancel(made, { reason: "duplicate" }, key);
    expect(await cancel(made, { reason: "duplicate" }, key)).toMatchObject({ status: 202, body: first.body });
    expect(await cancel(made, {}, key)).toMatchObject(refusal(422, "idempotency_key_reused"));
  });

  test("neither the key nor the insured is in an answer or a log", async () => {
    const made = await completed();
    await cancel(made, {}, key);
    const read = await app.request(`/appointments/${insuredId}/${made.appointmentId}/history`, {}, asAdmin);
    expect(Object.keys(((await read.json()) as { items: object[] }).items[2] ?? {}).toSorted()).toEqual([
      "at",
      "by",
      "cause",
      "eventId",
      "scheduleId",
      "status",
    ]);
    expect(logged()).not.toContain("very-own-key");
    expect(logged()).not.toContain(insuredId);
  });
});

describe("what is not there", () => {
  test.each(["cancel", "reschedule"])("%s of an unknown appointment: 404, and no ghost", async (verb) => {
    const made = await completed();
    for (const appointmentId of [newId(), "x"]) {
      const answer = await send({ ...made, appointmentId }, verb, { ...(verb === "reschedule" && { scheduleId: 8 }) });
      expect(answer).toMatchObject(refusal(404, "appointment_not_found"));
    }
    expect((await list(emulator.table, operator, insuredId, { limit: 10 })).items).toEqual([made]);
  });

  test("its history: 404", async () => {
    for (const appointmentId of [newId(), "x"]) {
      expect((await app.request(`/appointments/${insuredId}/${appointmentId}/history`, {}, asAdmin)).status).toBe(404);
    }
  });

  test("another insured's appointment: 404", async () => {
    expect(await cancel({ ...(await completed()), insuredId: "00042" })).toMatchObject({ status: 404 });
  });
});
