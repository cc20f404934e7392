import * as v from "valibot";
import { type CountryCode, countryCodes } from "../country/country.ts";
import { AppError } from "../error.ts";
import type { Actor } from "./caller.ts";

/*
 * The appointment as this system thinks of it. Three other shapes are mapped to and from it, each in one place: HTTP
 * (functions/api/appointment.ts), the wire (wire.ts, event.ts), what is stored (item.ts, country/row.ts).
 */

/** The insured person: exactly five ASCII digits, leading zeros kept. Never padded, never a number. */
export const insuredId = v.pipe(
  v.string("must be a string of exactly five digits"),
  v.regex(/^[0-9]{5}$/, "must be a string of exactly five digits"),
);

/** The bookable slot: a positive integer that JavaScript holds exactly. */
export const scheduleId = v.pipe(
  v.number("must be a positive integer"),
  v.safeInteger("must be a positive integer of at most 9007199254740991"),
  v.minValue(1, "must be a positive integer"),
);

export const countryISO = v.picklist(countryCodes, `must be one of ${countryCodes.join(", ")}`);

/** What a client asks for. */
export interface AppointmentRequest {
  insuredId: string;
  scheduleId: number;
  countryISO: CountryCode;
}

/** What an appointment has from its first moment to its last; a reschedule moves `scheduleId`. */
export interface Booking extends AppointmentRequest {
  /** UUIDv7 in lower case. */
  appointmentId: string;
  /** ISO 8601. */
  createdAt: string;
}

/**
 * The state machine, in this one place: from where each status can be reached. `pending` is where an appointment
 * begins. It is monotone: there is no way back, so a late or repeated message changes nothing.
 */
export const reachedFrom = {
  pending: [],
  completed: ["pending"],
  rejected: ["pending"],
  cancelled: ["pending", "completed"],
} as const satisfies Record<string, readonly string[]>;

export type AppointmentStatus = keyof typeof reachedFrom;
export const statuses = Object.keys(reachedFrom) as AppointmentStatus[]; // the keys are written just above

/** What a country can answer: it leaves nothing pending. */
export type RowStatus = Exclude<AppointmentStatus, "pending">;

/** What can be asked of an appointment that exists, and in which status. A reschedule stays `completed`. */
export const changeableIn = {
  cancel: reachedFrom.cancelled,
  reschedule: ["completed"],
} as const satisfies Record<string, readonly AppointmentStatus[]>;

export type ChangeKind = keyof typeof changeableIn;
export type ChangeStatus = "pending" | "completed" | "rejected";

/** Why a country rejects: another holds the slot, or the insured does, by another appointment. */
export const reasons = ["schedule_taken", "already_yours"] as const;
export type CountryReason = (typeof reasons)[number];
/** Why an appointment is cancelled, in the caller's words. */
export const cancelReasons = ["patient_request", "clinic_request", "duplicate", "other"] as const;
export type CancelReason = (typeof cancelReasons)[number];
export type Reason = CountryReason | CancelReason;

/**
 * The newest change that was requested. While its status is `pending` the country has not answered, and the appointment
 * is as it was. `scheduleId` is the slot that a reschedule asks for; `reason` is the caller's for a cancel, the country's
 * for a rejection.
 */
export interface Change {
  /** Counts the changes of an appointment: 1, 2, 3 … */
  number: number;
  kind: ChangeKind;
  status: ChangeStatus;
  scheduleId?: number;
  reason?: Reason;
}

export interface Versioned {
  /** Counts what happened to the appointment: 1 is pending, 2 is the country's decision, and so on. */
  version: number;
  /** ISO 8601. */
  updatedAt: string;
}

export interface Appointment extends Booking, Versioned {
  status: AppointmentStatus;
  reason?: Reason;
  /** Id of the insured's other appointment that held the slot; with the reason `already_yours` only. */
  heldBy?: string;
  change?: Change;
}

/** A request to a country for a change, with the whole booking, so that a cancel can be kept that overtakes its request. */
export interface ChangeRequest extends Booking {
  version: number;
  change:
    | { number: number; kind: "cancel"; status: "pending"; reason?: CancelReason }
    | { number: number; kind: "reschedule"; status: "pending"; scheduleId: number };
}

/** What every answer of a country has. */
export type Decided = Booking & Versioned;

/** Why a booking was rejected. */
export type Rejection = { reason: "schedule_taken" } | { reason: "already_yours"; heldBy: string };

type Done<Kind extends ChangeKind, Rest> = { number: number; kind: Kind; status: "completed" } & Rest;

/** What a country decided: the newest decision in its row. */
export type Outcome =
  | (Decided & { status: "completed" })
  | (Decided & { status: "rejected" } & Rejection)
  | (Decided & { status: "cancelled"; change: Done<"cancel", { reason?: CancelReason }> })
  | (Decided & { status: "completed"; change: Done<"reschedule", { scheduleId: number }> })
  | (Decided & {
      status: "completed";
      change: { number: number; kind: "reschedule"; status: "rejected"; scheduleId: number; reason: "schedule_taken" };
    });

/** Why an appointment changed. */
export type Cause =
  | "requested"
  | "completed"
  | "rejected"
  | "cancel_requested"
  | "cancelled"
  | "reschedule_requested"
  | "rescheduled"
  | "reschedule_rejected";

/**
 * One line of an appointment's history: when, because of which event, and the status after it. `scheduleId` is the slot
 * that it then had, or for `reschedule_requested` and `reschedule_rejected` the slot that was asked for.
 */
export interface Transition {
  /** ISO 8601. */
  at: string;
  cause: Cause;
  eventId: string;
  status: AppointmentStatus;
  scheduleId: number;
  reason?: Reason;
  /** Who asked; none where a country decided, and in what was written before callers were known. */
  by?: Actor;
}

/** A change that a client asks for. */
export type Wanted = { kind: "cancel"; reason?: CancelReason } | { kind: "reschedule"; scheduleId: number };

/** A new appointment, waiting for its country. */
export const book = (request: AppointmentRequest, appointmentId: string, now: string): Appointment => ({
  appointmentId,
  ...request,
  status: "pending",
  version: 1,
  createdAt: now,
  updatedAt: now,
});

/** An appointment changes at most this often; it can always be cancelled. It bounds the history in the item. */
export const maxChanges = 20;

/** Whether the country has still to answer: on the booking itself, or on a change. */
export const isOpen = ({ status, change }: Pick<Appointment, "status" | "change">): boolean =>
  status === "pending" || change?.status === "pending";

/** Whether the appointment is as wanted already, or will be: a repeat is safe and changes nothing. */
export function isRepeat({ status, change, scheduleId }: Appointment, wanted: Wanted): boolean {
  if (wanted.kind === "cancel") return status === "cancelled" || (change?.kind === "cancel" && isPending(change));
  // A cancel that is pending asks for no slot, so it is no repeat of a reschedule.
  if (change && isPending(change)) return change.scheduleId === wanted.scheduleId;
  return status === "completed" && scheduleId === wanted.scheduleId;
}

/**
 * The appointment with the change requested. Nothing but `change` says so: it stays as it is until the country answers.
 *
 * Throws what the state machine forbids: `appointment_pending`, `appointment_rejected`, `appointment_cancelled`,
 * `change_in_progress`, `changes_exhausted`.
 */
export function withChange(appointment: Appointment, wanted: Wanted, now: string): Appointment & { change: Change } {
  const { status, change, version } = appointment;
  const allowed: readonly string[] = changeableIn[wanted.kind];
  if (!allowed.includes(status)) throw forbidden(status, wanted.kind);
  if (change && isPending(change)) {
    throw new AppError("change_in_progress", "Another change of the appointment is under way; wait for its end");
  }
  const number = (change?.number ?? 0) + 1;
  if (wanted.kind === "reschedule" && number > maxChanges) {
    throw new AppError(
      "changes_exhausted",
      `An appointment changes at most ${maxChanges} times; cancel it and book anew`,
    );
  }
  return { ...appointment, change: { number, status: "pending", ...wanted }, version: version + 1, updatedAt: now };
}

const isPending = ({ status }: Change): boolean => status === "pending";

function forbidden(status: AppointmentStatus, kind: ChangeKind): AppError {
  if (status === "pending") {
    return new AppError("appointment_pending", `The country has not decided yet; wait before you ask to ${kind}`);
  }
  if (status === "rejected") return new AppError("appointment_rejected", "The appointment was rejected; book another");
  return new AppError("appointment_cancelled", "The appointment was cancelled; book another");
}

/** Of one moment, these come first; the others keep the order in which they were written. */
const firsts: Cause[] = ["requested", "completed"];

/**
 * Oldest first. A late entry stands where it belongs: the completion may arrive after the cancel, and where clocks differ
 * both may have the same time.
 */
export const inOrder = (history: Transition[]): Transition[] =>
  history.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : placeOf(a) - placeOf(b)));

const placeOf = ({ cause }: Transition): number => (firsts.includes(cause) ? firsts.indexOf(cause) : firsts.length);
