import { AppError } from "../error.ts";
import { newId } from "../id.ts";
import { type Clock, systemClock, toTimestamp } from "../time.ts";
import { newTraceparent } from "../trace.ts";
import { assertMayRequest } from "./access.ts";
import { type Appointment, type AppointmentRequest, book } from "./appointment.ts";
import { actorOf, type Caller } from "./caller.ts";
import { wasErased } from "./erased.ts";
import { claimKey } from "./idempotency.ts";
import { toPendingItem } from "./item.ts";
import { getStored } from "./read.ts";
import { putIf, type Table } from "./table.ts";
import { publishSaved, type Topic } from "./topic.ts";

export interface RequestOptions {
  /** A repeat of the same caller under the same key returns the appointment of the first time. */
  idempotencyKey?: string | undefined;
  traceparent?: string;
  clock?: Clock;
}

/** What a request led to. */
export interface Answered {
  appointment: Appointment;
  /** Whether an earlier request under the same Idempotency-Key led to it, and this one to nothing. */
  replayed: boolean;
}

/**
 * Requests an appointment: saves it as `pending`, then publishes the request to its country.
 *
 * What is saved will be decided, whether or not it could be published now: the reconciler repeats it. Throws as
 * `saveOnce`.
 */
export async function request(
  { table, topic }: { table: Table; topic: Topic },
  caller: Caller,
  wanted: AppointmentRequest,
  options: RequestOptions = {},
): Promise<Answered> {
  const answered = await saveOnce(table, caller, wanted, options);
  await publishSaved(topic, answered.appointment, options.traceparent ?? newTraceparent());
  return answered;
}

type SaveOptions = Pick<RequestOptions, "idempotencyKey" | "clock">;

/** Saves a new appointment as `pending` and returns what is stored. As `saveOnce`. */
export const saveRequest = async (
  table: Table,
  caller: Caller,
  wanted: AppointmentRequest,
  options: SaveOptions = {},
): Promise<Appointment> => (await saveOnce(table, caller, wanted, options)).appointment;

/**
 * Saves a new appointment as `pending`, once under an Idempotency-Key.
 *
 * A repeat returns the appointment of the first time. While the first may still be between its key and its appointment,
 * a repeat is refused; later it takes over and writes the appointment, because the first has died there:
 *
 *     first    claims the key … dies
 *     repeat                    is refused   is refused   writes the appointment under the id of the key
 *              |--------------- lease ----------------|
 *
 * Throws `insured_not_found` or `country_not_found` for what the caller does not reach, `idempotency_key_reused`,
 * `request_in_progress`, `table_unavailable`.
 */
export async function saveOnce(
  table: Table,
  caller: Caller,
  wanted: AppointmentRequest,
  { idempotencyKey: key, clock = systemClock }: SaveOptions = {},
): Promise<Answered> {
  assertMayRequest(caller, wanted);
  const own = newId();
  const claim =
    key === undefined
      ? { appointmentId: own, held: false, fresh: true }
      : await claimKey(table, caller, { key, request: wanted, appointmentId: own }, clock);
  const { appointmentId } = claim;
  if (claim.held) {
    const stored = await getStored(table, { insuredId: wanted.insuredId, appointmentId });
    if (stored) return { appointment: stored.appointment, replayed: true };
    if (claim.fresh) {
      throw new AppError("request_in_progress", "The first request under this key is still at work; repeat it later");
    }
    // Its person is being erased, and the key with it: the next try is a new booking.
    if (await wasErased(table, appointmentId)) {
      throw new AppError("table_unavailable", "The appointment of this Idempotency-Key was erased; try again");
    }
  }
  const pending = book(wanted, appointmentId, toTimestamp(clock()));
  const Item = toPendingItem(pending, actorOf(caller));
  const created = await putIf(table, { Item, ConditionExpression: "attribute_not_exists(pk)" });
  if (created) return { appointment: pending, replayed: false };
  // Another repeat was quicker, or the SDK repeated a put whose answer was lost: what is stored is the truth.
  const stored = await getStored(table, pending);
  if (!stored) throw new AppError("table_unavailable", "The appointment was there and is gone; try again");
  return { appointment: stored.appointment, replayed: claim.held };
}
