import { type Clock, systemClock, toTimestamp } from "../clock.ts";
import { AppError } from "../error.ts";
import { newId } from "../id.ts";
import { inOrder, type Transition } from "./appointment.history.ts";
import { fromItem, keyOf, toPendingItem } from "./appointment.item.ts";
import { getStored } from "./appointment.read.ts";
import { type Appointment, type AppointmentRequest, book } from "./appointment.ts";
import { claimKey } from "./idempotency.ts";
import { putIf, query, type Table } from "./table.ts";

/**
 * Saves a new appointment as `pending` and answers what is stored.
 *
 * With an Idempotency-Key a repeat answers the appointment of the first time, also when the first time crashed between
 * the key and the appointment. Throws `idempotency_key_reused`, `table_unavailable`.
 */
export async function request(
  table: Table,
  wanted: AppointmentRequest,
  options: { idempotencyKey?: string | undefined; clock?: Clock } = {},
): Promise<Appointment> {
  const { idempotencyKey: key, clock = systemClock } = options;
  const fresh = newId();
  const appointmentId =
    key === undefined ? fresh : await claimKey(table, { key, request: wanted, appointmentId: fresh }, clock);
  if (appointmentId !== fresh) {
    const stored = await get(table, { insuredId: wanted.insuredId, appointmentId });
    if (stored) return stored;
  }
  const pending = book(wanted, appointmentId, toTimestamp(clock()));
  const created = await putIf(table, { Item: toPendingItem(pending), ConditionExpression: "attribute_not_exists(pk)" });
  if (created) return pending;
  // Another repeat was quicker, or the SDK repeated a put whose answer was lost: what is stored is the truth.
  const stored = await get(table, pending);
  if (!stored) throw new AppError("table_unavailable", "The appointment was there and is gone; try again");
  return stored;
}

/** One appointment, or `undefined`. Strongly consistent. */
export async function get(
  table: Table,
  key: Pick<Appointment, "insuredId" | "appointmentId">,
): Promise<Appointment | undefined> {
  return (await getStored(table, key))?.appointment;
}

/** Every transition of an appointment, oldest first, or `undefined` when there is no such appointment. */
export async function history(
  table: Table,
  key: Pick<Appointment, "insuredId" | "appointmentId">,
): Promise<Transition[] | undefined> {
  const stored = await getStored(table, key);
  return stored && inOrder(stored.history.map(({ key: _key, ...shown }) => shown));
}

/**
 * An insured's appointments, newest first.
 *
 * @param page `limit` is 1–100; `after` is the last `appointmentId` of the page before.
 * @returns the page, and whether there is more after it.
 */
export async function list(
  table: Table,
  insuredId: string,
  page: { limit: number; after?: string | undefined },
): Promise<{ items: Appointment[]; more: boolean }> {
  const found: Appointment[] = [];
  let start = page.after === undefined ? undefined : keyOf({ insuredId, appointmentId: page.after });
  // One more than asked says whether there is another page. DynamoDB ends a page at 1 MB, however few items that is.
  do {
    const { Items = [], LastEvaluatedKey } = await query(table, {
      KeyConditionExpression: "pk = :insured",
      ExpressionAttributeValues: { ":insured": insuredId },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: page.limit + 1 - found.length,
      ...(start && { ExclusiveStartKey: start }),
    });
    found.push(...Items.map((item) => fromItem(item).appointment));
    start = LastEvaluatedKey as typeof start; // our own key schema: pk and sk
  } while (start && found.length <= page.limit);
  return { items: found.slice(0, page.limit), more: found.length > page.limit };
}
