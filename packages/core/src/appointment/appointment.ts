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
} as const satisfies Record<string, readonly string[]>;

export type AppointmentStatus = keyof typeof reachedFrom;

/** What a country can decide. */
export const decisions = ["completed", "rejected"] as const;
export type Decision = (typeof decisions)[number];

/** Why an appointment was rejected. */
export const reasons = ["schedule_taken"] as const;
export type Reason = (typeof reasons)[number];

/** The fields that an appointment has from its first moment to its last. */
export const booking = {
  appointmentId: id,
  ...appointmentRequest.entries,
  createdAt: timestamp,
};

/** Counts the changes of status: 1 is pending, 2 is the country's decision. */
export const version = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

export const appointment = v.strictObject({
  ...booking,
  status: v.picklist(["pending", ...decisions]),
  reason: v.exactOptional(v.picklist(reasons)),
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
