import * as v from "valibot";
import { timestamp } from "../event.ts";
import { type Appointment, cancelReasons, reasons, scheduleId, statuses } from "./appointment.ts";

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
