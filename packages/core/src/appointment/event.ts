import * as v from "valibot";
import { type CountryCode, eventSource } from "../country/country.ts";
import { AppError } from "../error.ts";
import { type CloudEvent, eventSchema, parseEvent, timestamp } from "../event.ts";
import {
  type Appointment,
  booking,
  type Change,
  cancelReasons,
  changeNumber,
  reasons,
  scheduleId,
  version,
} from "./appointment.ts";

const requested = v.strictObject(booking);
const cancelRequested = v.strictObject({
  ...booking,
  version,
  change: v.strictObject({
    number: changeNumber,
    kind: v.literal("cancel"),
    status: v.literal("pending"),
    reason: v.exactOptional(v.picklist(cancelReasons)),
  }),
});
const rescheduleRequested = v.strictObject({
  ...booking,
  version,
  change: v.strictObject({
    number: changeNumber,
    kind: v.literal("reschedule"),
    status: v.literal("pending"),
    scheduleId,
  }),
});

const decided = { ...booking, version, updatedAt: timestamp };
const completed = v.strictObject({ ...decided, status: v.literal("completed") });
const rejected = v.strictObject({ ...decided, status: v.literal("rejected"), reason: v.picklist(reasons) });
const cancelled = v.strictObject({
  ...decided,
  status: v.literal("cancelled"),
  change: v.strictObject({
    number: changeNumber,
    kind: v.literal("cancel"),
    status: v.literal("completed"),
    reason: v.exactOptional(v.picklist(cancelReasons)),
  }),
});
const rescheduled = v.strictObject({
  ...decided,
  status: v.literal("completed"),
  change: v.strictObject({
    number: changeNumber,
    kind: v.literal("reschedule"),
    status: v.literal("completed"),
    scheduleId,
  }),
});
const rescheduleRejected = v.strictObject({
  ...decided,
  status: v.literal("completed"),
  change: v.strictObject({
    number: changeNumber,
    kind: v.literal("reschedule"),
    status: v.literal("rejected"),
    scheduleId,
    reason: v.picklist(reasons),
  }),
});

const commandSchemas = {
  "appointment.requested.v1": eventSchema("appointment.requested.v1", requested),
  "appointment.cancel_requested.v1": eventSchema("appointment.cancel_requested.v1", cancelRequested),
  "appointment.reschedule_requested.v1": eventSchema("appointment.reschedule_requested.v1", rescheduleRequested),
};
const outcomeSchemas = {
  "appointment.completed.v1": eventSchema("appointment.completed.v1", completed),
  "appointment.rejected.v1": eventSchema("appointment.rejected.v1", rejected),
  "appointment.cancelled.v1": eventSchema("appointment.cancelled.v1", cancelled),
  "appointment.rescheduled.v1": eventSchema("appointment.rescheduled.v1", rescheduled),
  "appointment.reschedule_rejected.v1": eventSchema("appointment.reschedule_rejected.v1", rescheduleRejected),
};

export type Booking = v.InferOutput<typeof requested>;
export type AppointmentRequested = CloudEvent<"appointment.requested.v1", Booking>;
export type ChangeRequested =
  | CloudEvent<"appointment.cancel_requested.v1", v.InferOutput<typeof cancelRequested>>
  | CloudEvent<"appointment.reschedule_requested.v1", v.InferOutput<typeof rescheduleRequested>>;
/** What a country is asked. */
export type AppointmentCommand = AppointmentRequested | ChangeRequested;
/** What a country decided: its row, told. */
export type AppointmentOutcome =
  | CloudEvent<"appointment.completed.v1", v.InferOutput<typeof completed>>
  | CloudEvent<"appointment.rejected.v1", v.InferOutput<typeof rejected>>
  | CloudEvent<"appointment.cancelled.v1", v.InferOutput<typeof cancelled>>
  | CloudEvent<"appointment.rescheduled.v1", v.InferOutput<typeof rescheduled>>
  | CloudEvent<"appointment.reschedule_rejected.v1", v.InferOutput<typeof rescheduleRejected>>;
export type Outcome = AppointmentOutcome["data"];

/** Types of the events that ask a country: what its queue brings. */
export const commandTypes = Object.keys(commandSchemas) as (keyof typeof commandSchemas)[]; // the keys are written just above
/** Types of the events that tell what a country decided: what the bus's rule lets through. */
export const outcomeTypes = Object.keys(outcomeSchemas) as (keyof typeof outcomeSchemas)[]; // the keys are written just above

const apiSource = "appointments.api";

/** The event that asks a country to decide. Built from the stored appointment, it is the same each time. */
export const appointmentRequested = (
  { appointmentId, insuredId, scheduleId, countryISO, createdAt }: Appointment,
  traceparent: string | undefined,
): AppointmentRequested => ({
  ...envelope(`${appointmentId}.requested`, appointmentId, apiSource, createdAt, traceparent),
  type: "appointment.requested.v1",
  data: { appointmentId, insuredId, scheduleId, countryISO, createdAt },
});

/**
 * The event that asks a country for the change under way. It tells of the whole booking, so that a cancel that
 * overtakes its request can be kept. Built from the stored appointment, it is the same each time.
 */
export function changeRequested(
  { appointmentId, insuredId, scheduleId, countryISO, createdAt, version, updatedAt }: Appointment,
  change: Change,
  traceparent: string | undefined,
): ChangeRequested {
  const id = `${appointmentId}.${change.kind}.${change.number}`;
  const about = envelope(id, appointmentId, apiSource, updatedAt, traceparent);
  const data = { appointmentId, insuredId, scheduleId, countryISO, createdAt, version, change };
  // Parsed, because `Change` leaves open what belongs to which kind.
  return change.kind === "cancel"
    ? { ...about, type: "appointment.cancel_requested.v1", data: v.parse(cancelRequested, data) }
    : { ...about, type: "appointment.reschedule_requested.v1", data: v.parse(rescheduleRequested, data) };
}

/** The event that asks a country for what the appointment waits for: the change under way, else the decision. */
export const commandOf = (appointment: Appointment, traceparent: string | undefined): AppointmentCommand =>
  appointment.change?.status === "pending"
    ? changeRequested(appointment, appointment.change, traceparent)
    : appointmentRequested(appointment, traceparent);

/** The event that tells what a country decided. Built from the stored row, it is the same each time. */
export function appointmentOutcome(outcome: Outcome, traceparent: string | undefined): AppointmentOutcome {
  const { appointmentId, countryISO, updatedAt } = outcome;
  const about = (fact: string) =>
    envelope(`${appointmentId}.${fact}`, appointmentId, eventSource(countryISO), updatedAt, traceparent);
  if (!("change" in outcome)) {
    return outcome.status === "completed"
      ? { ...about("completed"), type: "appointment.completed.v1", data: outcome }
      : { ...about("rejected"), type: "appointment.rejected.v1", data: outcome };
  }
  const { number } = outcome.change;
  if (outcome.status === "cancelled") {
    return { ...about(`cancelled.${number}`), type: "appointment.cancelled.v1", data: outcome };
  }
  return isRescheduled(outcome)
    ? { ...about(`rescheduled.${number}`), type: "appointment.rescheduled.v1", data: outcome }
    : { ...about(`reschedule_rejected.${number}`), type: "appointment.reschedule_rejected.v1", data: outcome };
}

type Rescheduling = v.InferOutput<typeof rescheduled> | v.InferOutput<typeof rescheduleRejected>;

/** TypeScript does not narrow by a nested member. */
const isRescheduled = (outcome: Rescheduling): outcome is v.InferOutput<typeof rescheduled> =>
  outcome.change.status === "completed";

const envelope = (id: string, subject: string, source: string, time: string, traceparent: string | undefined) => ({
  specversion: "1.0" as const,
  id,
  source,
  subject,
  time,
  datacontenttype: "application/json" as const,
  ...(traceparent !== undefined && { traceparent }),
});

/**
 * Parses a request, or the request of a change, for this country.
 *
 * Throws `message_invalid`, `event_type_unknown`, `event_version_unknown`, or `country_foreign` for another country's
 * request: its rows must never reach this country's database.
 */
export function parseRequested(input: unknown, country: CountryCode): AppointmentCommand {
  const event = consistent(parseEvent(commandSchemas, input), apiSource);
  if (event.data.countryISO !== country) {
    throw new AppError(
      "country_foreign",
      `The request is for ${event.data.countryISO}, this consumer serves ${country}; check the filter policy`,
    );
  }
  return event;
}

/** Parses an outcome. Throws `message_invalid`, `event_type_unknown` or `event_version_unknown`. */
export function parseOutcome(input: unknown): AppointmentOutcome {
  const event = parseEvent(outcomeSchemas, input);
  return consistent(event, eventSource(event.data.countryISO));
}

/** How the id of each event ends, after the appointment's: the fact, and for what was asked later its number. */
function factOf(event: AppointmentCommand | AppointmentOutcome): string {
  const fact = (event.type.split(".")[1] ?? "").replace(/^(cancel|reschedule)_requested$/, "$1");
  return "change" in event.data ? `${fact}.${event.data.change.number}` : fact;
}

/** Envelope and data must tell of one appointment; who trusts the one must be able to trust the other. */
function consistent<Event extends AppointmentCommand | AppointmentOutcome>(event: Event, source: string): Event {
  const { subject, data } = event;
  const moved = event.type === "appointment.rescheduled.v1" && event.data.change.scheduleId !== data.scheduleId;
  if (
    subject !== data.appointmentId ||
    event.id !== `${subject}.${factOf(event)}` ||
    event.source !== source ||
    moved
  ) {
    throw new AppError("message_invalid", "id, source and subject do not belong to the appointment in data");
  }
  return event;
}
