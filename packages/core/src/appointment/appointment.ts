import * as v from "valibot";
import { countryCodes } from "../country/country.ts";
import { AppError } from "../error.ts";
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

/** What a client may say with a cancel. */
export const cancelRequest = v.strictObject(
  { reason: v.exactOptional(v.picklist(cancelReasons, `must be one of ${cancelReasons.join(", ")}`)) },
  "must be an object",
);

/** What a client says with a reschedule: the new slot, in the appointment's own country. */
export const rescheduleRequest = v.strictObject({ scheduleId }, "must be an object");

/** A change that is asked for. */
export type Wanted =
  | ({ kind: "cancel" } & v.InferOutput<typeof cancelRequest>)
  | ({ kind: "reschedule" } & v.InferOutput<typeof rescheduleRequest>);

/** So many changes an appointment can have; a cancel is always possible. It bounds the history in the item. */
export const maxChanges = 20;

/** Whether an answer of the country is still to come: on the booking itself, or on a change. */
export const isOpen = ({ status, change }: Pick<Appointment, "status" | "change">): boolean =>
  status === "pending" || change?.status === "pending";

/** Whether what is wanted is so already, or is under way: a repeat of it is safe and changes nothing. */
export function isRepeat({ status, change, scheduleId }: Appointment, wanted: Wanted): boolean {
  if (wanted.kind === "cancel") return status === "cancelled" || (change?.kind === "cancel" && isPending(change));
  if (change && isPending(change)) return change.kind === "reschedule" && change.scheduleId === wanted.scheduleId;
  return status === "completed" && scheduleId === wanted.scheduleId;
}

/**
 * The appointment with the change under way. Nothing but `change` says so: it stays what it is until the country answers.
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

function forbidden(status: Appointment["status"], kind: ChangeKind): AppError {
  if (status === "pending") {
    return new AppError("appointment_pending", `The country has not decided yet; wait before you ask to ${kind}`);
  }
  if (status === "rejected") return new AppError("appointment_rejected", "The appointment was rejected; book another");
  return new AppError("appointment_cancelled", "The appointment was cancelled; book another");
}

/**
 * One transition: when, by which event, and how the appointment was after it. `scheduleId` is the slot it then had, or
 * for `reschedule_requested` and `reschedule_rejected` the slot that was asked for.
 */
export const transition = v.strictObject({
  at: timestamp,
  cause: v.picklist([
    "requested",
    "completed",
    "rejected",
    "cancel_requested",
    "cancelled",
    "reschedule_requested",
    "rescheduled",
    "reschedule_rejected",
  ]),
  eventId: v.string(),
  status: v.picklist(statuses),
  scheduleId,
  reason: v.exactOptional(v.picklist([...reasons, ...cancelReasons])),
});
export type Transition = v.InferOutput<typeof transition>;

/** What the history keeps of an event. `status` is the appointment's after it. */
export function transitionBy(
  event: { id: string; type: string; time: string; data: Pick<Appointment, "scheduleId" | "reason" | "change"> },
  status: Appointment["status"],
): Transition {
  const { scheduleId, reason = event.data.change?.reason, change } = event.data;
  return {
    at: event.time,
    cause: v.parse(transition.entries.cause, event.type.split(".")[1]),
    eventId: event.id,
    status,
    scheduleId: change?.scheduleId ?? scheduleId,
    ...(reason !== undefined && { reason }),
  };
}

/** Of one moment, which comes first; the others are kept in the order in which they were written. */
const firsts: Transition["cause"][] = ["requested", "completed"];

/**
 * Oldest first. What came late stands where it belongs: that an appointment was completed may be told after its cancel,
 * and where clocks differ both may bear one time.
 */
export const inOrder = (history: Transition[]): Transition[] =>
  history.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : placeOf(a) - placeOf(b)));

const placeOf = ({ cause }: Transition): number => (firsts.includes(cause) ? firsts.indexOf(cause) : firsts.length);
