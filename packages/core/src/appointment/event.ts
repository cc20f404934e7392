import { type CountryCode, countryCodes, eventSource, isCountryCode } from "../country/country.ts";
import { AppError } from "../error.ts";
import { type CloudEvent, parseEvent } from "../event.ts";
import { allNamed, whole } from "../mapping.ts";
import {
  type Appointment,
  type AppointmentStatus,
  type Booking,
  type Cause,
  type Change,
  type ChangeRequest,
  cancelReasons,
  type Decided,
  type Outcome,
  type Transition,
  type Versioned,
} from "./appointment.ts";
import type { Actor } from "./caller.ts";
import {
  type CommandType,
  type EventType,
  type OutcomeType,
  type WireBooking,
  type WireCommand,
  type WireData,
  type WireOutcome,
  wireCommands,
  wireOutcomes,
} from "./wire.ts";

/**
 * Every event, in one table: the type on the wire and the end of its id, beside what they mean here: the cause in the
 * history, and the status that it leads to (none: the appointment keeps its own). Words on the wire never change; the
 * domain's may.
 */
export const events = {
  "appointment.requested.v1": { fact: "requested", cause: "requested", leadsTo: "pending" },
  "appointment.cancel_requested.v1": { fact: "cancel", cause: "cancel_requested", leadsTo: undefined },
  "appointment.reschedule_requested.v1": { fact: "reschedule", cause: "reschedule_requested", leadsTo: undefined },
  "appointment.completed.v1": { fact: "completed", cause: "completed", leadsTo: "completed" },
  "appointment.rejected.v1": { fact: "rejected", cause: "rejected", leadsTo: "rejected" },
  // Says `already_yours` only; what version 1 can say, it says.
  "appointment.rejected.v2": { fact: "rejected", cause: "rejected", leadsTo: "rejected" },
  "appointment.cancelled.v1": { fact: "cancelled", cause: "cancelled", leadsTo: "cancelled" },
  "appointment.rescheduled.v1": { fact: "rescheduled", cause: "rescheduled", leadsTo: "completed" },
  "appointment.reschedule_rejected.v1": {
    fact: "reschedule_rejected",
    cause: "reschedule_rejected",
    leadsTo: "completed",
  },
} as const satisfies Record<EventType, { fact: string; cause: Cause; leadsTo: AppointmentStatus | undefined }>;

/** Types of the events that ask a country: what its queue receives. */
export const commandTypes = Object.keys(wireCommands) as CommandType[]; // its keys are its type
/** Types of the events that say what a country decided: what the bus's rule lets through. */
export const outcomeTypes = Object.keys(wireOutcomes) as OutcomeType[]; // its keys are its type

/** A request to a country, as it is read from the country's queue. */
export type AppointmentCommand = CloudEvent<CommandType, Booking | ChangeRequest>;
/** What a country decided, as it is read from the bus. */
export type AppointmentOutcome = CloudEvent<OutcomeType, Outcome>;

const apiSource = "appointments.api";

/** The event that asks a country to decide. Built from the stored appointment, it is the same each time. */
export const appointmentRequested = (booking: Booking, traceparent: string | undefined): WireCommand => ({
  ...envelope("appointment.requested.v1", booking.appointmentId, apiSource, booking.createdAt, traceparent),
  data: bookingToWire(booking),
});

/**
 * The event that asks a country for the change under way. It has the whole booking, so that a cancel that overtakes its
 * request can be kept. Built from the stored appointment, it is the same each time.
 */
export function changeRequested(
  appointment: Appointment,
  change: Change,
  traceparent: string | undefined,
): WireCommand & { data: { change: unknown } } {
  const { appointmentId, version, updatedAt } = appointment;
  const { number, kind, status: _pending, scheduleId, reason, ...rest } = change;
  allNamed(rest);
  const about = <Type extends CommandType>(type: Type) =>
    envelope(type, appointmentId, apiSource, updatedAt, traceparent, number);
  const data = { ...bookingToWire(appointment), version };
  if (kind === "reschedule") {
    if (scheduleId === undefined) throw new AppError("internal", "A reschedule has no slot; cancel the appointment");
    return {
      ...about("appointment.reschedule_requested.v1"),
      data: { ...data, change: { number, kind: "reschedule", status: "pending", scheduleId } },
    };
  }
  const because = cancelReasons.find((each) => each === reason);
  if (reason !== because) throw new AppError("internal", "A cancel has a country's reason; cancel again");
  return {
    ...about("appointment.cancel_requested.v1"),
    data: { ...data, change: { number, kind: "cancel", status: "pending", ...(because && { reason: because }) } },
  };
}

/** The event that asks a country for what the appointment waits for: the change under way, else the decision. */
export const commandOf = (appointment: Appointment, traceparent: string | undefined): WireCommand =>
  appointment.change?.status === "pending"
    ? changeRequested(appointment, appointment.change, traceparent)
    : appointmentRequested(appointment, traceparent);

/** The event that says what a country decided. Built from the stored row, it is the same each time. */
export function appointmentOutcome(outcome: Outcome, traceparent: string | undefined): WireOutcome {
  const { appointmentId, countryISO, updatedAt } = outcome;
  const about = <Type extends OutcomeType>(type: Type, number?: number) =>
    envelope(type, appointmentId, eventSource(countryISO), updatedAt, traceparent, number);
  const decided = decidedToWire(outcome);
  if (!("change" in outcome)) {
    if (outcome.status === "completed") {
      return { ...about("appointment.completed.v1"), data: { ...decided, status: "completed" } };
    }
    if (outcome.reason === "schedule_taken") {
      const { reason } = outcome;
      return { ...about("appointment.rejected.v1"), data: { ...decided, status: "rejected", reason } };
    }
    const { reason, heldBy } = outcome;
    return { ...about("appointment.rejected.v2"), data: { ...decided, status: "rejected", reason, heldBy } };
  }
  const { change } = outcome;
  const { number } = change;
  if (change.kind === "cancel") {
    const done = {
      number,
      kind: "cancel",
      status: "completed",
      ...(change.reason && { reason: change.reason }),
    } as const;
    return { ...about("appointment.cancelled.v1", number), data: { ...decided, status: "cancelled", change: done } };
  }
  const { scheduleId } = change;
  if (change.status === "completed") {
    const done = { number, kind: "reschedule", status: "completed", scheduleId } as const;
    return { ...about("appointment.rescheduled.v1", number), data: { ...decided, status: "completed", change: done } };
  }
  const refused = { number, kind: "reschedule", status: "rejected", scheduleId, reason: change.reason } as const;
  return {
    ...about("appointment.reschedule_rejected.v1", number),
    data: { ...decided, status: "completed", change: refused },
  };
}

/**
 * What the history keeps of an event; `after` is the appointment, or the country's outcome, after it. `by` is who asked:
 * the event does not say, because no country need know.
 */
export function transitionOf(
  { id, type, time }: Pick<WireCommand | WireOutcome, "id" | "type" | "time">,
  after: Pick<Appointment, "scheduleId" | "status" | "reason"> & { change?: Pick<Change, "scheduleId" | "reason"> },
  by?: Actor,
): Transition {
  const { cause, leadsTo } = events[type];
  return whole<Transition>({
    at: time,
    cause,
    eventId: id,
    status: leadsTo ?? after.status,
    scheduleId: after.change?.scheduleId ?? after.scheduleId,
    reason: after.reason ?? after.change?.reason,
    by,
  });
}

/**
 * Parses a request, or the request of a change, for this country.
 *
 * Throws `message_invalid`, `event_type_unknown`, `event_version_unknown`, or `country_foreign` for another country's
 * request: its rows must never reach this country's database.
 */
export function parseRequested(input: unknown, country: CountryCode): AppointmentCommand {
  const event = parseEvent(wireCommands, input);
  const data = commandData(event);
  consistent(event, apiSource);
  if (data.countryISO !== country) {
    throw new AppError(
      "country_foreign",
      `The request is for ${data.countryISO}, this consumer serves ${country}; check the filter policy`,
    );
  }
  return { ...event, data };
}

function commandData(event: WireCommand): Booking | ChangeRequest {
  const booking = bookingFromWire(event.type, event.data);
  if (event.type === "appointment.requested.v1") return booking;
  return { ...booking, version: event.data.version, change: event.data.change };
}

/** Parses an outcome. Throws `message_invalid`, `event_type_unknown` or `event_version_unknown`. */
export function parseOutcome(input: unknown): AppointmentOutcome {
  const event = parseEvent(wireOutcomes, input);
  const data = outcomeData(event);
  consistent(event, eventSource(data.countryISO));
  return { ...event, data };
}

function outcomeData({ type, data }: WireOutcome): Outcome {
  const { version, updatedAt } = data;
  const decided = { ...bookingFromWire(type, data), version, updatedAt };
  if (!("change" in data)) {
    if (data.status === "completed") return { ...decided, status: events["appointment.completed.v1"].leadsTo };
    const { reason } = data;
    return reason === "schedule_taken"
      ? { ...decided, status: events["appointment.rejected.v1"].leadsTo, reason }
      : { ...decided, status: events["appointment.rejected.v2"].leadsTo, reason, heldBy: data.heldBy };
  }
  const { change } = data;
  if (change.kind === "cancel") return { ...decided, status: events["appointment.cancelled.v1"].leadsTo, change };
  return change.status === "completed"
    ? { ...decided, status: events["appointment.rescheduled.v1"].leadsTo, change }
    : { ...decided, status: events["appointment.reschedule_rejected.v1"].leadsTo, change };
}

function bookingToWire({ appointmentId, insuredId, scheduleId, countryISO, createdAt, ...rest }: Booking): WireBooking {
  allNamed(rest);
  return { appointmentId, insuredId, scheduleId, countryISO, createdAt };
}

function decidedToWire(decided: Decided): Omit<WireData<"appointment.completed.v1">, "status"> {
  const { version, updatedAt, ...rest }: Versioned = decided;
  allNamed(rest);
  return { ...bookingToWire(decided), version, updatedAt };
}

function bookingFromWire(type: EventType, wire: WireBooking): Booking {
  const { countryISO } = wire;
  if (!isCountryCode(countryISO)) {
    const message = `Not a valid ${type}: #/data/countryISO must be one of ${countryCodes.join(", ")}`;
    throw new AppError("message_invalid", message);
  }
  const { appointmentId, insuredId, scheduleId, createdAt } = wire;
  return whole<Booking>({ appointmentId, insuredId, scheduleId, countryISO, createdAt });
}

const envelope = <Type extends EventType>(
  type: Type,
  subject: string,
  source: string,
  time: string,
  traceparent: string | undefined,
  number?: number,
) => ({
  specversion: "1.0" as const,
  id: idOf(type, subject, number),
  source,
  type,
  subject,
  time,
  datacontenttype: "application/json" as const,
  ...(traceparent !== undefined && { traceparent }),
});

/** The same fact has the same id: the appointment's, the fact, and for what was asked later its number. */
const idOf = (type: EventType, subject: string, number: number | undefined): string =>
  `${subject}.${events[type].fact}${number === undefined ? "" : `.${number}`}`;

/** Envelope and data must name one appointment: a reader may trust either. */
function consistent(event: WireCommand | WireOutcome, source: string): void {
  const { type, subject, data } = event;
  const moved = event.type === "appointment.rescheduled.v1" && event.data.change.scheduleId !== data.scheduleId;
  const id = idOf(type, data.appointmentId, "change" in data ? data.change.number : undefined);
  if (subject !== data.appointmentId || event.id !== id || event.source !== source || moved) {
    throw new AppError("message_invalid", "id, source and subject do not belong to the appointment in data");
  }
}
