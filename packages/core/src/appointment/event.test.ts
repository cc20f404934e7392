import { aBooking } from "@appointments/tests/kit/booking";
import { expect, test } from "vitest";
import { newId } from "../id.ts";
import { newTraceparent } from "../trace.ts";
import { book, type Outcome } from "./appointment.ts";
import { appointmentOutcome, appointmentRequested, commandOf, parseOutcome, parseRequested } from "./event.ts";

const now = "2026-11-24T03:00:00.000Z";
const pending = book({ insuredId: "00042", scheduleId: 7, countryISO: "PE" }, newId(), now);
const requested = appointmentRequested(pending, newTraceparent());
const completed: Outcome = { ...aBooking(), status: "completed", version: 2, updatedAt: now };
const rejected: Outcome = { ...aBooking(), status: "rejected", reason: "schedule_taken", version: 2, updatedAt: now };

const yours: Outcome = {
  ...rejected,
  ...{ status: "rejected", reason: "already_yours", heldBy: newId() },
};

/** As it comes out of a queue. */
const sent = <Event>(event: Event): Event => JSON.parse(JSON.stringify(event));

test("a request survives the way through a queue", () => {
  expect(parseRequested(sent(requested), "PE")).toEqual(requested);
});

const moved = {
  ...completed,
  scheduleId: 8,
  change: { number: 3, kind: "reschedule", status: "completed", scheduleId: 8 },
} as const;
const refused = {
  ...completed,
  change: { number: 3, kind: "reschedule", status: "rejected", scheduleId: 8, reason: "schedule_taken" },
} as const;
const cancelled = {
  ...completed,
  status: "cancelled",
  change: { number: 4, kind: "cancel", status: "completed", reason: "other" },
} as const;

test.each([
  [cancelled, "appointment.cancelled.v1", "cancelled.4"],
  [moved, "appointment.rescheduled.v1", "rescheduled.3"],
  [refused, "appointment.reschedule_rejected.v1", "reschedule_rejected.3"],
])("the outcome of a change says which change it answers", (outcome, type, fact) => {
  const event = appointmentOutcome(outcome, undefined);
  expect(event).toMatchObject({ type, id: `${outcome.appointmentId}.${fact}` });
  expect(parseOutcome(sent(event))).toEqual(event);
});

test("a rejection says by whom the slot is held in a version of its own: what the first can say, it says", () => {
  const [first, second] = [rejected, yours].map((outcome) => appointmentOutcome(outcome, undefined));
  expect([first?.type, second?.type]).toEqual(["appointment.rejected.v1", "appointment.rejected.v2"]);
  expect(second && parseOutcome(sent(second))).toEqual(second);
  expect(second?.data).toMatchObject({ reason: "already_yours", heldBy: expect.any(String) });
  const { heldBy: _left, ...rest } = { heldBy: "", ...second?.data };
  expect(() => parseOutcome({ ...second, data: rest })).toThrow("heldBy is missing");
});

test.each([
  [{ number: 1, kind: "cancel", status: "pending" }, "appointment.cancel_requested.v1", "cancel.1"],
  [
    { number: 2, kind: "reschedule", status: "pending", scheduleId: 8 },
    "appointment.reschedule_requested.v1",
    "reschedule.2",
  ],
] as const)("what waits for a change asks for it, the same each time, with the whole booking", (change, type, fact) => {
  const waiting = { ...pending, version: 3, change };
  const event = commandOf(waiting, undefined);
  const { appointmentId, insuredId, scheduleId, countryISO, createdAt } = pending;
  expect(event).toMatchObject({
    type,
    id: `${appointmentId}.${fact}`,
    time: waiting.updatedAt,
    data: { appointmentId, insuredId, scheduleId, countryISO, createdAt, version: 3, change },
  });
  expect(parseRequested(sent(event), "PE")).toEqual(event);
  expect(() => parseRequested(sent({ ...event, id: `${appointmentId}.${change.kind}.9` }), "PE")).toThrow(
    expect.objectContaining({ code: "message_invalid" }),
  );
  expect(() => parseRequested(sent(event), "CL")).toThrow(expect.objectContaining({ code: "country_foreign" }));
});

test("a move that names two slots is refused for good", () => {
  const event = appointmentOutcome({ ...moved, scheduleId: 9 }, undefined);
  expect(() => parseOutcome(sent(event))).toThrow(expect.objectContaining({ code: "message_invalid" }));
});

test("a request holds the booking and nothing internal", () => {
  expect(Object.keys(requested.data).toSorted()).toEqual([
    "appointmentId",
    "countryISO",
    "createdAt",
    "insuredId",
    "scheduleId",
  ]);
});

test.each([completed, rejected])("an outcome survives the way through the bus: $status", (outcome) => {
  const event = appointmentOutcome(outcome, undefined);
  expect(parseOutcome(sent(event)).data).toStrictEqual(outcome);
});

test("the same fact has the same id, whenever it is published", () => {
  expect(requested.id).toBe(`${pending.appointmentId}.requested`);
  expect(appointmentOutcome(completed, newTraceparent()).id).toBe(`${completed.appointmentId}.completed`);
  expect(appointmentOutcome(rejected, undefined).id).toBe(`${rejected.appointmentId}.rejected`);
});

test("the source of an outcome is its country", () => {
  expect(appointmentOutcome({ ...completed, countryISO: "CL" }, undefined).source).toBe("appointments.cl");
});

test.each([
  ["another country's request", { ...requested }, "country_foreign"],
  ["an event in a version of the future", { ...requested, type: "appointment.requested.v2" }, "event_version_unknown"],
  ["an event that is none of ours", { ...requested, type: "invoice.paid.v1" }, "event_type_unknown"],
  ["a type that every object has", { ...requested, type: "toString" }, "event_type_unknown"],
  ["an outcome where a request is expected", appointmentOutcome(completed, undefined), "event_type_unknown"],
  ["an event with no data", { ...requested, data: undefined }, "message_invalid"],
  ["a country that is not served", { ...requested, data: { ...requested.data, countryISO: "XX" } }, "message_invalid"],
  ["a padded insuredId", { ...requested, data: { ...requested.data, insuredId: "42" } }, "message_invalid"],
  ["a member nobody knows", { ...requested, extra: 1 }, "message_invalid"],
  ["a data member nobody knows", { ...requested, data: { ...requested.data, extra: 1 } }, "message_invalid"],
  ["another CloudEvents version", { ...requested, specversion: "0.3" }, "message_invalid"],
  ["a subject that is not the appointment", { ...requested, subject: newId() }, "message_invalid"],
  ["an id that is not the appointment's", { ...requested, id: `${newId()}.requested` }, "message_invalid"],
  ["a source that may not ask", { ...requested, source: "appointments.pe" }, "message_invalid"],
  ["a time that does not exist", { ...requested, time: "2026-13-41T03:00:00.000Z" }, "message_invalid"],
  ["a text", "hello", "message_invalid"],
  ["nothing", null, "message_invalid"],
])("%s is refused for good", (_what, event, code) => {
  const country = code === "country_foreign" ? "CL" : "PE";
  expect(() => parseRequested(sent(event), country)).toThrow(expect.objectContaining({ code, retry: false }));
});

test.each([
  ["a rejection without a reason", { ...rejected, reason: undefined }],
  ["a completion with a reason", { ...completed, reason: "schedule_taken" }],
  ["a reason nobody knows", { ...rejected, reason: "bad_mood" }],
  ["an outcome that is still pending", { ...completed, status: "pending" }],
])("%s is refused for good", (_what, data) => {
  const event = appointmentOutcome(data.status === "rejected" ? rejected : completed, undefined);
  expect(() => parseOutcome(sent({ ...event, subject: data.appointmentId, data }))).toThrow(
    expect.objectContaining({ code: "message_invalid", retry: false }),
  );
});

test("Chile cannot tell of an appointment in Peru", () => {
  const event = { ...appointmentOutcome(completed, undefined), source: "appointments.cl" };
  expect(() => parseOutcome(sent(event))).toThrow(expect.objectContaining({ code: "message_invalid" }));
});

test("what is refused is not repeated in the reason", () => {
  const event = { ...requested, data: { ...requested.data, insuredId: "735190", "73519": "73519" } };
  try {
    parseRequested(sent(event), "PE");
    expect.unreachable();
  } catch (error) {
    expect(String(error)).toContain("#/data/insuredId");
    expect(String(error)).not.toContain("7351");
  }
});
