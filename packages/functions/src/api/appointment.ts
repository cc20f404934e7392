import {
  type Appointment,
  type AppointmentRequest,
  type AppointmentStatus,
  type Cause,
  type Change,
  type ChangeKind,
  type ChangeStatus,
  countryISO,
  insuredId,
  type Reason,
  scheduleId,
  type Transition,
  type Wanted,
} from "@appointments/core/appointment/appointment";
import type { Actor } from "@appointments/core/appointment/caller";
import { allNamed, whole, words } from "@appointments/core/mapping";
import * as v from "valibot";

/*
 * The appointment as the API receives and answers it, and its mapping to and from the domain. The words here are the
 * API's (ours: theirs): renaming one of the domain's changes the left side only.
 */

export const status = words({
  pending: "pending",
  completed: "completed",
  rejected: "rejected",
  cancelled: "cancelled",
} as const satisfies Record<AppointmentStatus, string>);

const changeStatus = words({
  pending: "pending",
  completed: "completed",
  rejected: "rejected",
} as const satisfies Record<ChangeStatus, string>);

const kind = words({ cancel: "cancel", reschedule: "reschedule" } as const satisfies Record<ChangeKind, string>);

const cancelReason = {
  patient_request: "patient_request",
  clinic_request: "clinic_request",
  duplicate: "duplicate",
  other: "other",
} as const;
const reason = words({
  schedule_taken: "schedule_taken",
  already_yours: "already_yours",
  ...cancelReason,
} as const satisfies Record<Reason, string>);
const wantedReason = words(cancelReason);

const cause = words({
  requested: "requested",
  completed: "completed",
  rejected: "rejected",
  cancel_requested: "cancel_requested",
  cancelled: "cancelled",
  reschedule_requested: "reschedule_requested",
  rescheduled: "rescheduled",
  reschedule_rejected: "reschedule_rejected",
} as const satisfies Record<Cause, string>);

const actor = words({
  patient: "patient",
  partner: "partner",
  operator: "operator",
} as const satisfies Record<Actor["kind"], string>);

/** The body of `POST /appointments`. */
export const requestBody = v.strictObject({ insuredId, scheduleId, countryISO }, "must be an object");

/** The body of a cancel; it may have none. */
export const cancelBody = v.strictObject(
  {
    reason: v.exactOptional(v.picklist(wantedReason.theirs, `must be one of ${wantedReason.theirs.join(", ")}`)),
  },
  "must be an object",
);

/** The body of a reschedule: the new slot, in the appointment's own country. */
export const rescheduleBody = v.strictObject({ scheduleId }, "must be an object");

/** An appointment in an answer. */
export const answerSchema = v.strictObject({
  appointmentId: v.string(),
  insuredId: v.string(),
  scheduleId: v.number(),
  countryISO: v.string(),
  createdAt: v.string(),
  status: v.picklist(status.theirs),
  reason: v.exactOptional(v.picklist(reason.theirs)),
  heldBy: v.exactOptional(v.string()),
  change: v.exactOptional(
    v.strictObject({
      number: v.number(),
      kind: v.picklist(kind.theirs),
      status: v.picklist(changeStatus.theirs),
      scheduleId: v.exactOptional(v.number()),
      reason: v.exactOptional(v.picklist(reason.theirs)),
    }),
  ),
  version: v.number(),
  updatedAt: v.string(),
});
export type AppointmentAnswer = v.InferOutput<typeof answerSchema>;

export const requestFrom = ({ insuredId, scheduleId, countryISO }: v.InferOutput<typeof requestBody>) =>
  whole<AppointmentRequest>({ insuredId, scheduleId, countryISO });

export const cancelFrom = (body: v.InferOutput<typeof cancelBody>): Wanted => ({
  kind: "cancel",
  ...(body.reason && { reason: wantedReason.from(body.reason) }),
});

export const rescheduleFrom = ({ scheduleId }: v.InferOutput<typeof rescheduleBody>): Wanted => ({
  kind: "reschedule",
  scheduleId,
});

/** What the API answers of an appointment. */
export function answerOf(appointment: Appointment): AppointmentAnswer {
  const { appointmentId, insuredId, scheduleId, countryISO, createdAt, version, updatedAt, ...others } = appointment;
  const { status: domainStatus, reason: because, heldBy, change, ...rest } = others;
  allNamed(rest);
  return whole<AppointmentAnswer>({
    ...{ appointmentId, insuredId, scheduleId, countryISO, createdAt, version, updatedAt },
    status: status.to(domainStatus),
    reason: because && reason.to(because),
    heldBy,
    change: change && changeAnswer(change),
  });
}

function changeAnswer({ number, kind: what, status: state, scheduleId, reason: because, ...rest }: Change) {
  allNamed(rest);
  return whole<NonNullable<AppointmentAnswer["change"]>>({
    number,
    kind: kind.to(what),
    status: changeStatus.to(state),
    scheduleId,
    reason: because && reason.to(because),
  });
}

/** One line of the history, as the API answers it. */
export function transitionAnswer(transition: Transition) {
  const { at, cause: why, eventId, status: after, scheduleId, reason: because, by, ...rest } = transition;
  allNamed(rest);
  return {
    at,
    cause: cause.to(why),
    eventId,
    status: status.to(after),
    scheduleId,
    ...(because && { reason: reason.to(because) }),
    ...(by && { by: actorAnswer(by) }),
  };
}

function actorAnswer({ kind, clientId, ...rest }: Actor) {
  allNamed(rest);
  return { kind: actor.to(kind), ...(clientId !== undefined && { clientId }) };
}
