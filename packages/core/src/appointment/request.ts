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

/**
 * Requests an appointment: saves it as `pending`, then publishes the request to its country.
 *
 * What is saved will be decided, whether or not it could be published now: the reconciler repeats it. Throws as
 * `saveRequest`.
 */
export async function request(
  { table, topic }: { table: Table; topic: Topic },
  caller: Caller,
  wanted: AppointmentRequest,
  options: RequestOptions = {},
): Promise<Appointment> {
  const appointment = await saveRequest(table, caller, wanted, options);
  await publishSaved(topic, appointment, options.traceparent ?? newTraceparent());
  return appointment;
}

/**
 * Saves a new appointment as `pending` and returns what is stored.
 *
 * With an Idempotency-Key a repeat returns the appointment of the first time, also when the first time crashed between
 * the key and the appointment. Throws `insured_not_found` or `country_not_found` for what the caller does not reach,
 * `idempotency_key_reused`, `table_unavailable`.
 */
export async function saveRequest(
  table: Table,
  caller: Caller,
  wanted: AppointmentRequest,
  { idempotencyKey: key, clock = systemClock }: Pick<RequestOptions, "idempotencyKey" | "clock"> = {},
): Promise<Appointment> {
  assertMayRequest(caller, wanted);
  const fresh = newId();
  const appointmentId =
    key === undefined ? fresh : await claimKey(table, caller, { key, request: wanted, appointmentId: fresh }, clock);
  if (appointmentId !== fresh) {
    const stored = await getStored(table, { insuredId: wanted.insuredId, appointmentId });
    if (stored) return stored.appointment;
    // Its person is being erased, and the key with it: the next try is a new booking.
    if (await wasErased(table, appointmentId)) {
      throw new AppError("table_unavailable", "The appointment of this Idempotency-Key was erased; try again");
    }
  }
  const pending = book(wanted, appointmentId, toTimestamp(clock()));
  const Item = toPendingItem(pending, actorOf(caller));
  const created = await putIf(table, { Item, ConditionExpression: "attribute_not_exists(pk)" });
  if (created) return pending;
  // Another repeat was quicker, or the SDK repeated a put whose answer was lost: what is stored is the truth.
  const stored = await getStored(table, pending);
  if (!stored) throw new AppError("table_unavailable", "The appointment was there and is gone; try again");
  return stored.appointment;
}
