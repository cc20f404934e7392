import * as v from "valibot";
import { toTimestamp } from "../clock.ts";
import { AppError } from "../error.ts";
import { timestamp } from "../event.ts";
import { describe, parse } from "../parse.ts";
import { type Appointment, appointment, transition, transitionBy } from "./appointment.ts";
import { appointmentRequested } from "./event.ts";

/** Name of the sparse index that holds the appointments that wait for their country, and nothing else. */
export const pendingIndex = "pending";

/** A country's pending appointments are spread over this many index partitions, so that a peak does not heat one. */
const shardsPerCountry = 4;

const minute = 60_000;
/** No appointment waits longer than this for its next publishing, in milliseconds. */
const longestWait = 60 * minute;

/** Internal attributes of an appointment while it waits for its country; they place it in the sparse index. */
const pendingAttributes = {
  pendingShard: v.pipe(v.string(), v.regex(/^[A-Z]{2}#[0-9]$/)),
  retryAt: timestamp,
  publishAttempts: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
};

const entry = v.object({ ...transition.entries, key: v.exactOptional(v.string()) });

const item = v.object({
  pk: v.string(),
  sk: v.string(),
  ...appointment.entries,
  pendingShard: v.exactOptional(pendingAttributes.pendingShard),
  retryAt: v.exactOptional(pendingAttributes.retryAt),
  publishAttempts: v.exactOptional(pendingAttributes.publishAttempts),
  history: v.exactOptional(v.array(entry)),
});

/** A transition as the item keeps it: with the Idempotency-Key, hashed, under which it was asked for. */
export type Entry = v.InferOutput<typeof entry>;

/** Key of an appointment: the insured's partition, ordered by id, which is the order of time. */
export const keyOf = ({ insuredId, appointmentId }: Pick<Appointment, "insuredId" | "appointmentId">) => ({
  pk: insuredId,
  sk: appointmentId,
});

/** The index partition of a pending appointment. The id's last character is random. */
const shardOf = ({ countryISO, appointmentId }: Appointment): string =>
  `${countryISO}#${Number.parseInt(appointmentId.slice(-1), 16) % shardsPerCountry}`;

export const shardsOf = (countryISO: string): string[] =>
  Array.from({ length: shardsPerCountry }, (_, shard) => `${countryISO}#${shard}`);

/** When to publish again after `attempts` repeats: 1, 2, 4, … up to 60 minutes from now. */
export const nextRetryAt = (attempts: number, now: number): string =>
  toTimestamp(now + Math.min(longestWait, minute * 2 ** attempts));

/** The attributes that place an appointment in the sparse index from `since` on, milliseconds. */
export const waiting = (appointment: Appointment, since: number) => ({
  pendingShard: shardOf(appointment),
  retryAt: nextRetryAt(0, since),
  publishAttempts: 0,
});

/** The item of a new appointment. */
export const toPendingItem = (pending: Appointment) => ({
  ...keyOf(pending),
  ...pending,
  ...waiting(pending, Date.parse(pending.createdAt)),
  history: [transitionBy(appointmentRequested(pending, undefined), pending.status)],
});

/** What the table holds, parsed; internal attributes apart, so that no answer can show them by accident. */
export interface Stored {
  appointment: Appointment;
  history: Entry[];
  retryAt?: string;
  publishAttempts: number;
}

/** Parses an item. Throws `internal`. */
export function fromItem(stored: unknown): Stored {
  const result = parse(item, stored);
  if (!result.ok) {
    throw new AppError("internal", `An item of the table is not an appointment: ${describe(result.faults)}`);
  }
  const { pk: _pk, sk: _sk, pendingShard: _shard, retryAt, publishAttempts, history, ...rest } = result.value;
  return {
    appointment: rest,
    history: history ?? [],
    ...(retryAt !== undefined && { retryAt }),
    publishAttempts: publishAttempts ?? 0,
  };
}
