import type { CountryCode } from "../country/country.ts";
import { AppError } from "../error.ts";
import { reaches, reachesPerson } from "./access.ts";
import { type Appointment, inOrder, type Transition } from "./appointment.ts";
import type { Caller } from "./caller.ts";
import { markSort } from "./erased.ts";
import { fromItem, keyOf, pendingIndex, type Stored, shardsOf } from "./item.ts";
import { getItem, query, scan, type Table } from "./table.ts";

/** One appointment with what the item keeps beside it, or `undefined`. Strongly consistent. */
export async function getStored(
  table: Table,
  key: Pick<Appointment, "insuredId" | "appointmentId">,
): Promise<Stored | undefined> {
  const stored = await getItem(table, keyOf(key));
  return stored === undefined ? undefined : fromItem(stored);
}

/** As `getStored`, of what the caller reaches; the rest is as if it were not there. */
async function getReached(
  table: Table,
  caller: Caller,
  key: Pick<Appointment, "insuredId" | "appointmentId">,
): Promise<Stored | undefined> {
  if (!reachesPerson(caller, key.insuredId)) return undefined;
  const stored = await getStored(table, key);
  return stored && reaches(caller, stored.appointment) ? stored : undefined;
}

/** One appointment, or `undefined` when there is none that the caller reaches. Strongly consistent. */
export async function get(
  table: Table,
  caller: Caller,
  key: Pick<Appointment, "insuredId" | "appointmentId">,
): Promise<Appointment | undefined> {
  return (await getReached(table, caller, key))?.appointment;
}

/** Every transition of an appointment, oldest first, or `undefined` when there is none that the caller reaches. */
export async function history(
  table: Table,
  caller: Caller,
  key: Pick<Appointment, "insuredId" | "appointmentId">,
): Promise<Transition[] | undefined> {
  const stored = await getReached(table, caller, key);
  return stored && inOrder(stored.history.map(({ key: _key, ...shown }) => shown));
}

/** A page of the table: what could be read, and how many items could not. */
export interface ScannedPage {
  stored: Stored[];
  unreadable: number;
}

/**
 * Every appointment of the table, page by page, strongly consistent. It reads the whole table and is billed so: for an
 * operator, not for a request. Throws `table_unavailable`, `internal`.
 */
export async function* scanAppointments(table: Table, pageSize = 200): AsyncGenerator<ScannedPage> {
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await scan(table, {
      ConsistentRead: true,
      Limit: pageSize,
      // Beside appointments the table holds idempotency keys, and marks of what was erased.
      FilterExpression: "sk <> :idempotency AND sk <> :erased",
      ExpressionAttributeValues: { ":idempotency": "idempotency", ":erased": markSort },
      ...(start && { ExclusiveStartKey: start }),
    });
    yield readable(Items);
    start = LastEvaluatedKey;
  } while (start);
}

/** A pending appointment by its id alone, found in the sparse index; `undefined` when none waits under that id. */
export async function findPending(
  table: Table,
  countryISO: CountryCode,
  appointmentId: string,
): Promise<Stored | undefined> {
  for (const shard of shardsOf(countryISO)) {
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await query(table, {
        IndexName: pendingIndex,
        KeyConditionExpression: "pendingShard = :shard",
        FilterExpression: "sk = :id",
        ExpressionAttributeValues: { ":shard": shard, ":id": appointmentId },
        ...(start && { ExclusiveStartKey: start }),
      });
      if (Items.length > 0) return fromItem(Items[0]);
      start = LastEvaluatedKey;
    } while (start);
  }
  return undefined;
}

function readable(items: unknown[]): ScannedPage {
  const page: ScannedPage = { stored: [], unreadable: 0 };
  for (const item of items) {
    try {
      page.stored.push(fromItem(item));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      page.unreadable++;
    }
  }
  return page;
}
