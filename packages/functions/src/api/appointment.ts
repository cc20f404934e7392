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
import { id } from "@appointments/core/id";
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

/*
 * Every member says what it is: the OpenAPI document is made from these schemas.
 */

const insured = v.pipe(
  insuredId,
  v.description("The insured person: exactly five digits, leading zeros kept."),
  v.examples(["00042"]),
);
const slot = v.pipe(
  scheduleId,
  v.description("The slot: a positive integer. One live appointment per country holds it."),
  v.examples([100]),
);
const country = v.pipe(
  countryISO,
  v.description("The country that decides about the appointment: its ISO 3166-1 alpha-2 code."),
);
const appointmentId = v.pipe(
  id,
  v.description("The appointment: a UUIDv7 in lower case."),
  v.examples(["01a20bae-ed3d-759d-8035-0cf391eea023"]),
);
const moment = (what: string) => v.pipe(v.string(), v.isoTimestamp(), v.description(`${what}, in UTC.`));
const counted = (what: string) => v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.description(what));
const described = <const Word extends string>(theirs: readonly Word[], what: string) =>
  v.pipe(v.picklist(theirs), v.description(what));

/** The body of `POST /appointments`. */
export const requestBody = v.strictObject(
  { insuredId: insured, scheduleId: slot, countryISO: country },
  "must be an object",
);

/** The body of a cancel; it may have none. */
export const cancelBody = v.strictObject(
  {
    reason: v.exactOptional(
      v.pipe(
        v.picklist(wantedReason.theirs, `must be one of ${wantedReason.theirs.join(", ")}`),
        v.description("Why it is cancelled; the appointment keeps it."),
      ),
    ),
  },
  "must be an object",
);

/** The body of a reschedule: the new slot, in the appointment's own country. */
export const rescheduleBody = v.strictObject({ scheduleId: slot }, "must be an object");

/** The newest change of an appointment in an answer. */
export const changeSchema = v.strictObject({
  number: counted("Counts the changes of an appointment: 1, 2, 3 …"),
  kind: described(kind.theirs, "What was asked for."),
  status: described(changeStatus.theirs, "`pending` until the country has answered."),
  scheduleId: v.exactOptional(v.pipe(slot, v.description("The slot that a reschedule asks for."))),
  reason: v.exactOptional(described(reason.theirs, "The caller's for a cancel, the country's for a refusal.")),
});

/** An appointment in an answer. */
export const answerSchema = v.strictObject({
  appointmentId,
  insuredId: insured,
  scheduleId: slot,
  countryISO: country,
  createdAt: moment("When it was asked for"),
  status: described(
    status.theirs,
    "`pending` until the country has decided; then `completed` or `rejected`; `cancelled` after a cancel.",
  ),
  reason: v.exactOptional(described(reason.theirs, "Why it is `rejected` or `cancelled`.")),
  heldBy: v.exactOptional(
    v.pipe(
      appointmentId,
      v.description("With the reason `already_yours`: the insured's other appointment that has the slot."),
    ),
  ),
  change: v.exactOptional(changeSchema),
  version: counted("Counts what happened to the appointment; the `ETag` is made of it."),
  updatedAt: moment("When it changed last"),
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

/** One line of the history in an answer. */
export const transitionSchema = v.strictObject({
  at: moment("When it happened"),
  cause: described(cause.theirs, "What happened."),
  eventId: v.pipe(v.string(), v.description("The event that says so; the same in the events of the bus.")),
  status: described(status.theirs, "The status after it."),
  scheduleId: v.pipe(
    slot,
    v.description("The slot that it then had; of a reschedule that is asked for or refused, the slot that was wanted."),
  ),
  reason: v.exactOptional(described(reason.theirs, "Why, where there is a reason.")),
  by: v.exactOptional(
    v.strictObject({
      kind: described(actor.theirs, "Who asked. What the country decided has nobody."),
      clientId: v.exactOptional(v.pipe(v.string(), v.description("The client's id of a partner."))),
    }),
  ),
});
export type TransitionAnswer = v.InferOutput<typeof transitionSchema>;

/** One line of the history, as the API answers it. */
export function transitionAnswer(transition: Transition): TransitionAnswer {
  const { at, cause: why, eventId, status: after, scheduleId, reason: because, by, ...rest } = transition;
  allNamed(rest);
  return whole<TransitionAnswer>({
    at,
    cause: cause.to(why),
    eventId,
    status: status.to(after),
    scheduleId,
    reason: because && reason.to(because),
    by: by && actorAnswer(by),
  });
}

function actorAnswer({ kind, clientId, ...rest }: Actor) {
  allNamed(rest);
  return whole<NonNullable<TransitionAnswer["by"]>>({ kind: actor.to(kind), clientId });
}

/** A page of a list in an answer. */
export const listSchema = v.strictObject({
  items: v.pipe(v.array(answerSchema), v.description("The appointments, newest first.")),
  nextCursor: v.exactOptional(
    v.pipe(v.string(), v.description("Where the next page begins, for `cursor`; none on the last page.")),
  ),
});

/** The history of an appointment in an answer. */
export const historySchema = v.strictObject({
  items: v.pipe(v.array(transitionSchema), v.description("What happened, oldest first.")),
});

/** What `GET /health` answers. */
export const healthSchema = v.strictObject({ status: v.literal("ok") });
