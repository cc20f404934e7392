import { appointmentOutcome, parseOutcome } from "@appointments/core/appointment/event";
import * as read from "@appointments/core/appointment/read";
import { saveRequest } from "@appointments/core/appointment/request";
import { settleEach } from "@appointments/core/appointment/settle";
import type { WireOutcome } from "@appointments/core/appointment/wire";
import { newId } from "@appointments/core/id";
import { aBooking } from "@appointments/tests/kit/booking";
import { operator } from "@appointments/tests/kit/caller";
import { captureLog } from "@appointments/tests/kit/capture";
import { startTable } from "@appointments/tests/kit/emulator";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { delivered } from "../testing/messages.ts";
import { parseDelivered } from "./message.ts";

const now = "2026-11-24T03:00:00.000Z";
const completed = (parts = {}): WireOutcome =>
  appointmentOutcome({ ...aBooking(), status: "completed", version: 2, updatedAt: now, ...parts }, undefined);

const envelopeOf = (event: WireOutcome) =>
  JSON.parse(
    delivered({
      EventBusName: "Bus",
      Source: event.source,
      DetailType: event.type,
      Detail: JSON.stringify(event),
      Time: 0,
    }),
  );

describe("what EventBridge delivers", () => {
  const event = completed();
  const envelope = envelopeOf(event);

  test("is unpacked", () => {
    expect(parseDelivered(envelope)).toEqual(event);
    expect(parseDelivered({ ...envelope, "replay-name": "again" })).toEqual(event);
  });

  test.each([
    ["not in an envelope", event],
    ["with a member nobody knows", { ...envelope, extra: 1 }],
    ["with no detail", { ...envelope, detail: undefined }],
    ["from another source than its detail says", { ...envelope, source: "appointments.cl" }],
    ["of another type than its detail says", { ...envelope, "detail-type": "appointment.rejected.v1" }],
    ["a text", "hello"],
    ["nothing", null],
  ])("%s: refused for good", (_what, json) => {
    expect(() => parseDelivered(json)).toThrow(expect.objectContaining({ code: "message_invalid", retry: false }));
  });
});

describe("outcomes", () => {
  let emulator: Awaited<ReturnType<typeof startTable>>;
  beforeAll(async () => {
    emulator = await startTable();
  });
  afterAll(() => emulator?.stop());
  beforeEach(captureLog);
  afterEach(() => vi.restoreAllMocks());

  const pending = () => saveRequest(emulator.table, operator, { insuredId: "00042", scheduleId: 7, countryISO: "PE" });

  test("settle their appointments, each by itself: an unknown one harms no other and makes no ghost", async () => {
    const { status: _s, version: _v, updatedAt: _u, ...booking } = await pending();
    const ghost = completed({ appointmentId: newId() });
    const errors = await settleEach(emulator.table, [ghost, completed(booking), completed(booking)].map(parseOutcome));
    expect(errors).toMatchObject([{ code: "appointment_unknown", retry: false }, undefined, undefined]);
    expect(await read.get(emulator.table, operator, booking)).toMatchObject({ status: "completed" });
    expect(await read.get(emulator.table, operator, ghost.data)).toBeUndefined();
  });

  test("DynamoDB is away: they all come again", async () => {
    const away = await startTable();
    await away.stop();
    expect(await settleEach(away.table, [parseOutcome(completed())])).toMatchObject([
      { code: "table_unavailable", retry: true },
    ]);
  });
});
