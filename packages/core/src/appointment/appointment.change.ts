import * as v from "valibot";
import { AppError } from "../error.ts";
import {
  type Appointment,
  type Change,
  type ChangeKind,
  cancelReasons,
  changeableIn,
  scheduleId,
} from "./appointment.ts";

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
