import { words } from "../mapping.ts";
import type { AppointmentStatus, Cause, ChangeKind, ChangeStatus, Reason, RowStatus } from "./appointment.ts";
import type { Actor } from "./caller.ts";

/*
 * The words that are stored, in DynamoDB and in MySQL, beside the domain's (ours: stored). The stored word never changes:
 * rename a word of the domain on the left. A stored word that is not here cannot be read.
 */

const rowStatus = {
  completed: "completed",
  rejected: "rejected",
  cancelled: "cancelled",
} as const satisfies Record<RowStatus, string>;

export const storedRowStatus = words(rowStatus);
export const storedStatus = words({ pending: "pending", ...rowStatus } as const satisfies Record<
  AppointmentStatus,
  string
>);

export const storedChangeStatus = words({
  pending: "pending",
  completed: "completed",
  rejected: "rejected",
} as const satisfies Record<ChangeStatus, string>);

export const storedKind = words({
  cancel: "cancel",
  reschedule: "reschedule",
} as const satisfies Record<ChangeKind, string>);

export const storedReason = words({
  schedule_taken: "schedule_taken",
  already_yours: "already_yours",
  patient_request: "patient_request",
  clinic_request: "clinic_request",
  duplicate: "duplicate",
  other: "other",
} as const satisfies Record<Reason, string>);

export const storedCause = words({
  requested: "requested",
  completed: "completed",
  rejected: "rejected",
  cancel_requested: "cancel_requested",
  cancelled: "cancelled",
  reschedule_requested: "reschedule_requested",
  rescheduled: "rescheduled",
  reschedule_rejected: "reschedule_rejected",
} as const satisfies Record<Cause, string>);

export const storedActor = words({
  patient: "patient",
  partner: "partner",
  operator: "operator",
} as const satisfies Record<Actor["kind"], string>);

export type StoredReason = (typeof storedReason.theirs)[number];
export type StoredRowStatus = (typeof storedRowStatus.theirs)[number];
