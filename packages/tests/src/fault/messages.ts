import { randomUUID } from "node:crypto";
import { bookingOf, eventOf } from "../kit/event.ts";
import type { StoredItem } from "./stores.ts";

/** A message that nobody can process, the queue that it is put into, and the code that its cause begins with. */
export interface Poison {
  queue: string;
  body: string;
  code: string;
}

/** Of a large body, in bytes. */
const large = 250_000;
/** What a queue takes at most, in bytes. */
const largest = 256 * 1024;

/**
 * Every kind of message that cannot be processed. What looks like a request books for `insuredId`, who asks for nothing else: a
 * row of theirs is a violation.
 *
 * @param slot tells the poison of one run from that of another
 */
export function poisonFor(slot: number, insuredId: string): Poison[] {
  const createdAt = new Date().toISOString();
  const booking = (countryISO: string) => ({ appointmentId: id(), insuredId, scheduleId: slot, countryISO, createdAt });
  const request = (countryISO: string, version = 1) => eventOf("requested", booking(countryISO), { version });
  const decided = { ...booking("PE"), status: "completed", version: 2, updatedAt: createdAt };
  const put = (queue: string, code: string, body: object | string): Poison => ({
    queue,
    code,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return [
    put("SQS_PE", "message_not_json", `{ poison PE ${slot}`),
    put("SQS_PE", "message_not_json", `poison ${slot} ${"x".repeat(large)}`),
    put("SQS_CONFIRMATION", "message_not_json", `poison ${slot} `.padEnd(largest, "x")),
    put("SQS_PE", "message_invalid", { poison: slot }),
    put("SQS_PE", "event_version_unknown", request("PE", 9)),
    put("SQS_PE", "message_invalid", request("AR")),
    put("SQS_PE", "country_foreign", request("CL")),
    put("SQS_CL", "message_not_json", `{ poison CL ${slot}`),
    put("SQS_CL", "country_foreign", request("PE")),
    put("SQS_CL", "message_invalid", { ...request("CL"), ...manyMembers(large) }),
    put("SQS_CONFIRMATION", "message_not_json", `{ poison ${slot}`),
    put("SQS_CONFIRMATION", "appointment_unknown", delivered(eventOf("completed", decided, { source: "pe" }))),
  ];
}

/** An event as the bus delivers it. */
const delivered = (event: { source: string; type: string; time: string }) => ({
  version: "0",
  id: randomUUID(),
  "detail-type": event.type,
  source: event.source,
  account: "123456789012",
  time: event.time.replace(/\.\d+Z$/, "Z"),
  region: "us-east-1",
  resources: [],
  detail: event,
});

/** Members that no event has, of about so many bytes as JSON. */
const manyMembers = (bytes: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: Math.floor(bytes / 12) }, (_, index) => [`m${100_000 + index}`, 1]));

/** As the ids of appointments look: UUIDv7, but for the time in it. */
const id = (): string => randomUUID().replace(/^(.{14})4/, "$17");

/** The slot is what the request named; only a reschedule has moved the one case of it here by one. */
const bookingIn = (item: StoredItem) => {
  const booking = bookingOf(item);
  return { ...booking, scheduleId: booking.scheduleId - (item.causes.includes("rescheduled") ? 1 : 0) };
};

/** What was asked of an appointment, its request and its newest change, as it comes a second time, long after. */
export function lateCommands(item: StoredItem): string[] {
  const requested = eventOf("requested", bookingIn(item));
  const { change } = item;
  if (change?.number === undefined) return [JSON.stringify(requested)];
  const { kind, number, scheduleId } = change;
  const asked = { number, kind, status: "pending", ...(scheduleId !== undefined && { scheduleId }) };
  const data = { ...bookingIn(item), version: item.version - 1, change: asked };
  return [requested, eventOf(`${kind}_requested`, data, { id: `${kind}.${number}` })].map((it) => JSON.stringify(it));
}

/** The country's first decisions on an appointment, as they come a second time, long after. */
export const lateOutcomes = (item: StoredItem) =>
  ["completed", "rejected"]
    .filter((fact) => item.causes.includes(fact))
    .map((status) => {
      const reason = status === "rejected" ? { reason: "schedule_taken" } : {};
      const data = { ...bookingIn(item), status, ...reason, version: 2, updatedAt: item.updatedAt };
      return eventOf(status, data, { source: item.countryISO.toLowerCase() });
    });
