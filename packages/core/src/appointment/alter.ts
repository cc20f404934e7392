import { AppError } from "../error.ts";
import { type Clock, notBefore, systemClock, toTimestamp } from "../time.ts";
import { newTraceparent } from "../trace.ts";
import { appointmentNotFound, reaches } from "./access.ts";
import { type Appointment, isRepeat, type Wanted, withChange } from "./appointment.ts";
import { actorOf, type Caller } from "./caller.ts";
import { expiryOf } from "./erased.ts";
import { changeRequested, transitionOf } from "./event.ts";
import { hashOf, hashOfKey } from "./idempotency.ts";
import { appendToHistory, type Entry, keyOf, type Stored, toStoredChange, toStoredEntry, waiting } from "./item.ts";
import { getStored } from "./read.ts";
import type { Answered } from "./request.ts";
import { type Table, updateIf } from "./table.ts";
import { publishSaved, type Topic } from "./topic.ts";

type AppointmentKey = Pick<Appointment, "insuredId" | "appointmentId">;

/** Every round lost is a change that another made; so many in a row are no coincidence. */
const rounds = 5;

export interface AlterOptions {
  /** Whether the caller's If-Match holds for this version; each does unless given. */
  matches?: (version: number) => boolean;
  idempotencyKey?: string | undefined;
  traceparent?: string;
  clock?: Clock;
}

/**
 * Cancels or reschedules an appointment: saves that the change is requested, then publishes it to the country. Throws as
 * `saveChange`; a publish that fails is repeated by the reconciler.
 */
export async function alter(
  { table, topic }: { table: Table; topic: Topic },
  caller: Caller,
  key: AppointmentKey,
  wanted: Wanted,
  options: AlterOptions = {},
): Promise<Answered> {
  const answered = await saveChangeOnce(table, caller, key, wanted, options);
  await publishSaved(topic, answered.appointment, options.traceparent ?? newTraceparent());
  return answered;
}

type SaveOptions = Omit<AlterOptions, "traceparent">;

/** Saves that a change is requested and returns the appointment with the change under way. As `saveChangeOnce`. */
export const saveChange = async (
  table: Table,
  caller: Caller,
  key: AppointmentKey,
  wanted: Wanted,
  options: SaveOptions = {},
): Promise<Appointment> => (await saveChangeOnce(table, caller, key, wanted, options)).appointment;

/**
 * Saves that a change of an appointment is requested, once under an Idempotency-Key.
 *
 * One conditional write on the version that was read. A repeat (the appointment is as wanted, the change is under way, or
 * the caller requested it under this Idempotency-Key before) returns the appointment as it is, whatever `matches` says:
 * RFC 9110, 13.1.1.
 *
 * Throws `appointment_not_found` when there is none that the caller reaches, `version_stale`, `idempotency_key_reused`,
 * what the state machine forbids (`withChange`), `table_unavailable`.
 */
async function saveChangeOnce(
  table: Table,
  caller: Caller,
  key: AppointmentKey,
  wanted: Wanted,
  options: SaveOptions,
): Promise<Answered> {
  const { matches = () => true, idempotencyKey, clock = systemClock } = options;
  for (let round = 0; round < rounds; round++) {
    const stored = await getStored(table, key);
    if (!stored || !reaches(caller, stored.appointment)) throw appointmentNotFound();
    const { appointment } = stored;
    if (askedBefore(stored, wanted, caller, idempotencyKey)) return { appointment, replayed: true };
    if (isRepeat(appointment, wanted)) return { appointment, replayed: false };
    if (!matches(appointment.version)) {
      throw new AppError("version_stale", "The appointment has changed since it was read; read it again, then decide");
    }
    const now = clock();
    const changed = withChange(appointment, wanted, toTimestamp(notBefore(appointment.updatedAt, now)));
    const entry = entryOf(changed, caller, idempotencyKey);
    if (await save(table, appointment, changed, now, entry)) return { appointment: changed, replayed: false };
  }
  throw new AppError("table_unavailable", "The appointment keeps changing; try again");
}

/** The key is kept with the transition it made, in the same write: there is no moment between the two. */
function entryOf(changed: ReturnType<typeof withChange>, caller: Caller, idempotencyKey: string | undefined): Entry {
  const event = changeRequested(changed, changed.change, undefined);
  const key = idempotencyKey === undefined ? undefined : hashOf(caller, idempotencyKey);
  return { ...transitionOf(event, changed, actorOf(caller)), ...(key !== undefined && { key }) };
}

/** Whether this key of this caller asked for the change; a key that was kept before callers were known is anybody's. */
function askedBefore({ history }: Stored, wanted: Wanted, caller: Caller, idempotencyKey: string | undefined): boolean {
  if (idempotencyKey === undefined) return false;
  const [own, anybodys] = [hashOf(caller, idempotencyKey), hashOfKey(idempotencyKey)];
  const entry = history.find(({ key, by }) => key === (by ? own : anybodys));
  if (!entry) return false;
  const same =
    wanted.kind === "cancel"
      ? entry.cause === "cancel_requested" && entry.reason === wanted.reason
      : entry.cause === "reschedule_requested" && entry.scheduleId === wanted.scheduleId;
  if (same) return true;
  const message = "This Idempotency-Key was used for a different request; send a new key with a new request";
  throw new AppError("idempotency_key_reused", message);
}

function save(
  table: Table,
  before: Appointment,
  changed: ReturnType<typeof withChange>,
  now: number,
  entry: Entry,
): Promise<boolean> {
  const { pendingShard, retryAt, publishAttempts } = waiting(changed, now);
  return updateIf(table, {
    Key: keyOf(changed),
    UpdateExpression: `SET #change = :change, #version = :version, updatedAt = :now, pendingShard = :shard, retryAt = :retryAt, publishAttempts = :attempts, expiresAt = :expiresAt, ${appendToHistory}`,
    ConditionExpression: "#version = :before",
    ExpressionAttributeNames: { "#change": "change", "#version": "version", "#history": "history" },
    ExpressionAttributeValues: {
      ":change": toStoredChange(changed.change),
      ":version": changed.version,
      ":before": before.version,
      ":now": changed.updatedAt,
      ":shard": pendingShard,
      ":retryAt": retryAt,
      ":attempts": publishAttempts,
      ":expiresAt": expiryOf(changed.countryISO, changed.updatedAt),
      ":none": [],
      ":transitions": [toStoredEntry(entry)],
    },
  });
}
