import * as v from "valibot";
import { eventSchema, timestamp } from "../event.ts";

/*
 * The events as they are published. Frozen: messages of these types are in queues, in dead-letter queues and in archives,
 * and functions of another release read them. So nothing here comes from the domain, and nothing here changes:
 * wire.json keeps each schema as it was published, `npm run check:wire` compares. What is to be said differently is said
 * by a new type, `….v2`, beside the old one; `npm run wire:freeze` adds it. See docs/changing.md.
 */

const appointmentId = v.pipe(
  v.string("must be a UUIDv7 in lower case"),
  v.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, "must be a UUIDv7 in lower case"),
);
const insuredId = v.pipe(
  v.string("must be a string of exactly five digits"),
  v.regex(/^[0-9]{5}$/, "must be a string of exactly five digits"),
);
const scheduleId = v.pipe(
  v.number("must be a positive integer"),
  v.integer("must be a positive integer"),
  v.minValue(1, "must be a positive integer"),
  v.maxValue(9_007_199_254_740_991, "must be a positive integer of at most 9007199254740991"),
);
/** ISO 3166-1 alpha-2. A new country is no new version; the mapping refuses a country that is not served. */
const countryISO = v.pipe(
  v.string("must be a country code of two letters"),
  v.regex(/^[A-Z]{2}$/, "must be a country code of two letters"),
);
/** Counts from 1. */
const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9_007_199_254_740_991));
const countryReason = v.picklist(["schedule_taken"]);
const cancelReason = v.picklist(["patient_request", "clinic_request", "duplicate", "other"]);

const booking = { appointmentId, insuredId, scheduleId, countryISO, createdAt: timestamp };

const requested = v.strictObject(booking);
const cancelRequested = v.strictObject({
  ...booking,
  version: count,
  change: v.strictObject({
    number: count,
    kind: v.literal("cancel"),
    status: v.literal("pending"),
    reason: v.exactOptional(cancelReason),
  }),
});
const rescheduleRequested = v.strictObject({
  ...booking,
  version: count,
  change: v.strictObject({
    number: count,
    kind: v.literal("reschedule"),
    status: v.literal("pending"),
    scheduleId,
  }),
});

const decided = { ...booking, version: count, updatedAt: timestamp };

const completed = v.strictObject({ ...decided, status: v.literal("completed") });
const rejected = v.strictObject({ ...decided, status: v.literal("rejected"), reason: countryReason });
const alreadyYours = v.strictObject({
  ...decided,
  status: v.literal("rejected"),
  reason: v.literal("already_yours"),
  heldBy: appointmentId,
});
const cancelled = v.strictObject({
  ...decided,
  status: v.literal("cancelled"),
  change: v.strictObject({
    number: count,
    kind: v.literal("cancel"),
    status: v.literal("completed"),
    reason: v.exactOptional(cancelReason),
  }),
});
const rescheduled = v.strictObject({
  ...decided,
  status: v.literal("completed"),
  change: v.strictObject({
    number: count,
    kind: v.literal("reschedule"),
    status: v.literal("completed"),
    scheduleId,
  }),
});
const rescheduleRejected = v.strictObject({
  ...decided,
  status: v.literal("completed"),
  change: v.strictObject({
    number: count,
    kind: v.literal("reschedule"),
    status: v.literal("rejected"),
    scheduleId,
    reason: countryReason,
  }),
});

/** What a country is asked. */
export const wireCommands = {
  "appointment.requested.v1": eventSchema("appointment.requested.v1", requested),
  "appointment.cancel_requested.v1": eventSchema("appointment.cancel_requested.v1", cancelRequested),
  "appointment.reschedule_requested.v1": eventSchema("appointment.reschedule_requested.v1", rescheduleRequested),
};

/** What a country decided. */
export const wireOutcomes = {
  "appointment.completed.v1": eventSchema("appointment.completed.v1", completed),
  "appointment.rejected.v1": eventSchema("appointment.rejected.v1", rejected),
  "appointment.rejected.v2": eventSchema("appointment.rejected.v2", alreadyYours),
  "appointment.cancelled.v1": eventSchema("appointment.cancelled.v1", cancelled),
  "appointment.rescheduled.v1": eventSchema("appointment.rescheduled.v1", rescheduled),
  "appointment.reschedule_rejected.v1": eventSchema("appointment.reschedule_rejected.v1", rescheduleRejected),
};

export type CommandType = keyof typeof wireCommands;
export type OutcomeType = keyof typeof wireOutcomes;
export type EventType = CommandType | OutcomeType;
export type WireBooking = v.InferOutput<typeof requested>;
export type WireCommand = v.InferOutput<(typeof wireCommands)[CommandType]>;
export type WireOutcome = v.InferOutput<(typeof wireOutcomes)[OutcomeType]>;
/** The data of one type of event. */
export type WireData<Type extends EventType> = Extract<WireCommand | WireOutcome, { type: Type }>["data"];
