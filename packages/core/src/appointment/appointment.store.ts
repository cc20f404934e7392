import { type Clock, systemClock, toTimestamp } from "../clock.ts";
import { AppError } from "../error.ts";
import { newId } from "../id.ts";
import type { Outcome } from "./appointment.event.ts";
import { fromItem, keyOf, toPendingItem } from "./appointment.item.ts";
import { type Appointment, type AppointmentRequest, book, reachedFrom } from "./appointment.ts";
import { claimKey } from "./idempotency.ts";
import { getItem, putIf, query, type Table, updateIf } from "./table.ts";

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
  const stored = await getItem(table, keyOf(key));
  return stored === undefined ? undefined : fromItem(stored).appointment;
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

/**
 * Writes a country's decision to its appointment.
 *
 * Only from a status that the state machine allows, so a repeat or a late message changes nothing; and only to an
 * appointment that exists, so an unknown one makes no ghost. Throws `appointment_unknown`, or `appointment_mismatch`
 * when the outcome tells of another slot or country; `table_unavailable`.
 *
 * @returns whether this call changed the appointment.
 */
export async function settle(table: Table, outcome: Outcome): Promise<boolean> {
  const { status, reason, version, updatedAt, scheduleId, countryISO } = { reason: undefined, ...outcome };
  const from = reachedFrom[status].map((each, index) => [`:from${index}`, each] as const);
  const changed = await updateIf(table, {
    Key: keyOf(outcome),
    UpdateExpression: `SET #status = :status, #version = :version, updatedAt = :updatedAt${reason ? ", #reason = :reason" : ""} REMOVE pendingShard, retryAt, publishAttempts`,
    ConditionExpression: `attribute_exists(pk) AND #status IN (${from.map(([name]) => name).join(", ")}) AND scheduleId = :scheduleId AND countryISO = :countryISO`,
    ExpressionAttributeNames: { "#status": "status", "#version": "version", ...(reason && { "#reason": "reason" }) },
    ExpressionAttributeValues: {
      ":status": status,
      ":version": version,
      ":updatedAt": updatedAt,
      ":scheduleId": scheduleId,
      ":countryISO": countryISO,
      ...(reason && { ":reason": reason }),
      ...Object.fromEntries(from),
    },
  });
  if (changed) return true;
  const stored = await get(table, outcome);
  if (!stored) {
    throw new AppError("appointment_unknown", "No such appointment; find out who sent an outcome for it");
  }
  if (stored.scheduleId !== scheduleId || stored.countryISO !== countryISO) {
    throw new AppError("appointment_mismatch", "The outcome is for another slot or country than the appointment's");
  }
  return false;
}
