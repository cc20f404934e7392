import * as v from "valibot";
import { countryCodes } from "../country/country.ts";
import { timestamp } from "../event.ts";
import { id } from "../id.ts";

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
export const appointmentRequest = v.strictObject({ insuredId, scheduleId, countryISO }, "must be an object");
export type AppointmentRequest = v.InferOutput<typeof appointmentRequest>;

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

/** What can be asked of an appointment that is there, and in which status. A reschedule stays `completed`. */
export const changeableIn = {
  cancel: reachedFrom.cancelled,
  reschedule: ["completed"],
} as const satisfies Record<string, readonly AppointmentStatus[]>;

export type ChangeKind = keyof typeof changeableIn;

/** What a country can decide on a request. */
export const decisions = ["completed", "rejected"] as const;
/** What a country's row can be: never pending. */
export type RowStatus = Exclude<AppointmentStatus, "pending">;

/** Why a country says no. */
export const reasons = ["schedule_taken"] as const;
/** Why an appointment is cancelled; the caller's word. */
export const cancelReasons = ["patient_request", "clinic_request", "duplicate", "other"] as const;
export type CancelReason = (typeof cancelReasons)[number];
export type Reason = (typeof reasons)[number] | CancelReason;

/** The fields that an appointment has from its first moment to its last. */
export const booking = {
  appointmentId: id,
  ...appointmentRequest.entries,
  createdAt: timestamp,
};

/** Counts the changes of an appointment: 1 is pending, 2 is the country's decision, and so on. */
export const version = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Counts what was asked of an appointment after it was booked: 1, 2, 3 … */
export const changeNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/**
 * The newest thing that was asked of the appointment. While its status is `pending` the country has not answered, and
 * the appointment is as it was. `scheduleId` is the slot that a reschedule asks for; `reason` is the caller's for a
 * cancel, the country's for what it rejected.
 */
export const change = v.strictObject({
  number: changeNumber,
  kind: v.picklist(["cancel", "reschedule"]),
  status: v.picklist(["pending", ...decisions]),
  scheduleId: v.exactOptional(scheduleId),
  reason: v.exactOptional(v.picklist([...reasons, ...cancelReasons])),
});
export type Change = v.InferOutput<typeof change>;

export const appointment = v.strictObject({
  ...booking,
  status: v.picklist(statuses),
  reason: v.exactOptional(v.picklist([...reasons, ...cancelReasons])),
  change: v.exactOptional(change),
  version,
  updatedAt: timestamp,
});
export type Appointment = v.InferOutput<typeof appointment>;

/** A new appointment, waiting for its country. */
export const book = (request: AppointmentRequest, appointmentId: string, now: string): Appointment => ({
  appointmentId,
  ...request,
  status: "pending",
  version: 1,
  createdAt: now,
  updatedAt: now,
});
