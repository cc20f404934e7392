import * as v from "valibot";
import { AppError } from "../error.ts";
import { timestamp } from "../event.ts";
import { id } from "../id.ts";
import { allNamed, whole } from "../mapping.ts";
import { describe, parse } from "../parse.ts";
import { toTimestamp } from "../time.ts";
import {
  type Appointment,
  type Change,
  countryISO,
  insuredId,
  type Reason,
  scheduleId,
  type Transition,
} from "./appointment.ts";
import type { Actor } from "./caller.ts";
import { expiryOf } from "./erased.ts";
import { appointmentRequested, transitionOf } from "./event.ts";
import { storedActor, storedCause, storedChangeStatus, storedKind, storedReason, storedStatus } from "./stored.ts";

/*
 * An appointment as DynamoDB keeps it, and its mapping to and from the domain. Items of every release are in the table: a
 * new member is optional here.
 */

const count = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least));
const reason = v.exactOptional(v.picklist(storedReason.theirs));
const status = v.picklist(storedStatus.theirs);

const by = v.object({ kind: v.picklist(storedActor.theirs), clientId: v.exactOptional(v.string()) });

const entry = v.object({
  at: timestamp,
  cause: v.picklist(storedCause.theirs),
  eventId: v.string(),
  status,
  scheduleId,
  reason,
  by: v.exactOptional(by),
  key: v.exactOptional(v.string()),
});

const change = v.strictObject({
  number: count(1),
  kind: v.picklist(storedKind.theirs),
  status: v.picklist(storedChangeStatus.theirs),
  scheduleId: v.exactOptional(scheduleId),
  reason,
});

const item = v.object({
  pk: v.string(),
  sk: v.string(),
  appointmentId: id,
  insuredId,
  scheduleId,
  countryISO,
  createdAt: timestamp,
  status,
  reason,
  heldBy: v.exactOptional(id),
  change: v.exactOptional(change),
  version: count(1),
  updatedAt: timestamp,
  // While it waits for its country: its place in the sparse index.
  pendingShard: v.exactOptional(v.pipe(v.string(), v.regex(/^[A-Z]{2}#[0-9]$/))),
  retryAt: v.exactOptional(timestamp),
  publishAttempts: v.exactOptional(count(0)),
  history: v.exactOptional(v.array(entry)),
  // Seconds since 1970: when the country keeps it no longer.
  expiresAt: v.exactOptional(v.number()),
});

/** A transition as the item keeps it: with the Idempotency-Key, hashed, under which it was asked for. */
export interface Entry extends Transition {
  key?: string;
}

/** What the table holds, parsed; internal attributes apart, so that no answer can show them by accident. */
export interface Stored {
  appointment: Appointment;
  history: Entry[];
  retryAt?: string;
  publishAttempts: number;
}

/** Key of an appointment: the insured's partition, ordered by id, which is the order of time. */
export const keyOf = ({ insuredId, appointmentId }: Pick<Appointment, "insuredId" | "appointmentId">) => ({
  pk: insuredId,
  sk: appointmentId,
});

/** The item of a new appointment, and who asked for it. */
export const toPendingItem = (pending: Appointment, by: Actor) => ({
  ...keyOf(pending),
  ...toItem(pending),
  ...waiting(pending, Date.parse(pending.createdAt)),
  expiresAt: expiryOf(pending.countryISO, pending.updatedAt),
  history: [toStoredEntry(transitionOf(appointmentRequested(pending, undefined), pending, by))],
});

function toItem(appointment: Appointment): Omit<v.InferOutput<typeof item>, "pk" | "sk"> {
  const { appointmentId, insuredId, scheduleId, countryISO, createdAt, ...others } = appointment;
  const { status, reason, heldBy, change, version, updatedAt, ...rest } = others;
  allNamed(rest);
  return {
    ...{ appointmentId, insuredId, scheduleId, countryISO, createdAt, version, updatedAt },
    status: storedStatus.to(status),
    ...(reason && { reason: storedReason.to(reason) }),
    ...(heldBy !== undefined && { heldBy }),
    ...(change && { change: toStoredChange(change) }),
  };
}

/** A change as the item keeps it. */
export function toStoredChange(of: Change): v.InferOutput<typeof change> {
  const { number, kind, status, scheduleId, reason, ...rest } = of;
  allNamed(rest);
  return {
    number,
    kind: storedKind.to(kind),
    status: storedChangeStatus.to(status),
    ...(scheduleId !== undefined && { scheduleId }),
    ...(reason && { reason: storedReason.to(reason) }),
  };
}

/** A transition as the item keeps it. */
export function toStoredEntry(of: Entry): v.InferOutput<typeof entry> {
  const { at, cause, eventId, status, scheduleId, reason, by, key, ...rest } = of;
  allNamed(rest);
  return {
    ...{ at, eventId, scheduleId },
    cause: storedCause.to(cause),
    status: storedStatus.to(status),
    ...(reason && { reason: storedReason.to(reason) }),
    ...(by && { by: toStoredActor(by) }),
    ...(key !== undefined && { key }),
  };
}

function toStoredActor({ kind, clientId, ...rest }: Actor): v.InferOutput<typeof by> {
  allNamed(rest);
  return { kind: storedActor.to(kind), ...(clientId !== undefined && { clientId }) };
}

/** Parses an item. Throws `internal`. */
export function fromItem(stored: unknown): Stored {
  const result = parse(item, stored);
  if (!result.ok) {
    throw new AppError("internal", `An item of the table is not an appointment: ${describe(result.faults)}`);
  }
  const { appointmentId, insuredId, scheduleId, countryISO, createdAt, version, updatedAt, ...rest } = result.value;
  return whole<Stored>({
    appointment: whole<Appointment>({
      ...{ appointmentId, insuredId, scheduleId, countryISO, createdAt, version, updatedAt },
      status: storedStatus.from(rest.status),
      reason: fromStoredReason(rest.reason),
      heldBy: rest.heldBy,
      change: rest.change && fromStoredChange(rest.change),
    }),
    history: (rest.history ?? []).map(fromStoredEntry),
    retryAt: rest.retryAt,
    publishAttempts: rest.publishAttempts ?? 0,
  });
}

const fromStoredReason = (stored: v.InferOutput<typeof reason> | undefined): Reason | undefined =>
  stored && storedReason.from(stored);

const fromStoredChange = ({ number, kind, status, scheduleId, reason }: v.InferOutput<typeof change>): Change =>
  whole<Change>({
    number,
    kind: storedKind.from(kind),
    status: storedChangeStatus.from(status),
    scheduleId,
    reason: fromStoredReason(reason),
  });

const fromStoredEntry = (stored: v.InferOutput<typeof entry>): Entry =>
  whole<Entry>({
    at: stored.at,
    cause: storedCause.from(stored.cause),
    eventId: stored.eventId,
    status: storedStatus.from(stored.status),
    scheduleId: stored.scheduleId,
    reason: fromStoredReason(stored.reason),
    by: stored.by && fromStoredActor(stored.by),
    key: stored.key,
  });

const fromStoredActor = ({ kind, clientId }: v.InferOutput<typeof by>): Actor =>
  whole<Actor>({ kind: storedActor.from(kind), clientId });

/** Name of the sparse index that holds the appointments that wait for their country, and nothing else. */
export const pendingIndex = "pending";

/** A country's pending appointments are spread over this many index partitions, so that a peak does not heat one. */
const shardsPerCountry = 4;

/** The index partition of a pending appointment. The id's last character is random. */
const shardOf = ({ countryISO, appointmentId }: Appointment): string =>
  `${countryISO}#${Number.parseInt(appointmentId.slice(-1), 16) % shardsPerCountry}`;

export const shardsOf = (countryISO: string): string[] =>
  Array.from({ length: shardsPerCountry }, (_, shard) => `${countryISO}#${shard}`);

const minute = 60_000;
/** No appointment waits longer than this for its next publishing, in milliseconds. */
const longestWait = 60 * minute;

/** When to publish again after `attempts` repeats: 1, 2, 4, … up to 60 minutes from now. */
export const nextRetryAt = (attempts: number, now: number): string =>
  toTimestamp(now + Math.min(longestWait, minute * 2 ** attempts));

/** The attributes that place an appointment in the sparse index from `since` on, milliseconds. */
export const waiting = (appointment: Appointment, since: number) => ({
  pendingShard: shardOf(appointment),
  retryAt: nextRetryAt(0, since),
  publishAttempts: 0,
});

/** Part of a SET: appends `:transitions`, a list. An item of an earlier version has no history: `:none` is the empty list. */
export const appendToHistory = "#history = list_append(if_not_exists(#history, :none), :transitions)";
