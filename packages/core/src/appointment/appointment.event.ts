import * as v from "valibot";
import { type CountryCode, eventSource } from "../country/country.ts";
import { AppError } from "../error.ts";
import { type CloudEvent, eventSchema, parseEvent, timestamp } from "../event.ts";
import { type Appointment, booking, reasons, version } from "./appointment.ts";

const requested = v.strictObject(booking);
const completed = v.strictObject({ ...booking, status: v.literal("completed"), version, updatedAt: timestamp });
const rejected = v.strictObject({
  ...booking,
  status: v.literal("rejected"),
  reason: v.picklist(reasons),
  version,
  updatedAt: timestamp,
});

export type Booking = v.InferOutput<typeof requested>;
export type Outcome = v.InferOutput<typeof completed> | v.InferOutput<typeof rejected>;
export type AppointmentRequested = CloudEvent<"appointment.requested.v1", Booking>;
export type AppointmentOutcome =
  | CloudEvent<"appointment.completed.v1", v.InferOutput<typeof completed>>
  | CloudEvent<"appointment.rejected.v1", v.InferOutput<typeof rejected>>;

const requestedSchemas = { "appointment.requested.v1": eventSchema("appointment.requested.v1", requested) };
const outcomeSchemas = {
  "appointment.completed.v1": eventSchema("appointment.completed.v1", completed),
  "appointment.rejected.v1": eventSchema("appointment.rejected.v1", rejected),
};

/** Types of the events that tell what a country decided: what the bus's rule lets through. */
export const outcomeTypes = Object.keys(outcomeSchemas) as (keyof typeof outcomeSchemas)[]; // the keys are written just above

const apiSource = "appointments.api";

/** The event that asks a country to decide. Built from the stored appointment, it is the same each time. */
export const appointmentRequested = (
  { appointmentId, insuredId, scheduleId, countryISO, createdAt }: Appointment,
  traceparent: string | undefined,
): AppointmentRequested => ({
  ...envelope(appointmentId, "requested", apiSource, createdAt, traceparent),
  type: "appointment.requested.v1",
  data: { appointmentId, insuredId, scheduleId, countryISO, createdAt },
});

/** The event that tells what a country decided. Built from the stored row, it is the same each time. */
export function appointmentOutcome(outcome: Outcome, traceparent: string | undefined): AppointmentOutcome {
  const { appointmentId, countryISO, updatedAt } = outcome;
  const source = eventSource(countryISO);
  return outcome.status === "completed"
    ? {
        ...envelope(appointmentId, "completed", source, updatedAt, traceparent),
        type: "appointment.completed.v1",
        data: outcome,
      }
    : {
        ...envelope(appointmentId, "rejected", source, updatedAt, traceparent),
        type: "appointment.rejected.v1",
        data: outcome,
      };
}

const envelope = (subject: string, fact: string, source: string, time: string, traceparent: string | undefined) => ({
  specversion: "1.0" as const,
  id: `${subject}.${fact}`,
  source,
  subject,
  time,
  datacontenttype: "application/json" as const,
  ...(traceparent !== undefined && { traceparent }),
});

/**
 * Parses a request for this country.
 *
 * Throws `message_invalid`, `event_type_unknown`, `event_version_unknown`, or `country_foreign` for another country's
 * request: its rows must never reach this country's database.
 */
export function parseRequested(input: unknown, country: CountryCode): AppointmentRequested {
  const event = consistent(parseEvent(requestedSchemas, input), apiSource);
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

type AnyEvent = AppointmentRequested | AppointmentOutcome;

/** Envelope and data must tell of one appointment; who trusts the one must be able to trust the other. */
function consistent<Event extends AnyEvent>(event: Event, source: string): Event {
  const fact = event.type.split(".")[1];
  if (
    event.subject !== event.data.appointmentId ||
    event.id !== `${event.subject}.${fact}` ||
    event.source !== source
  ) {
    throw new AppError("message_invalid", "id, source and subject do not belong to the appointment in data");
  }
  return event;
}
