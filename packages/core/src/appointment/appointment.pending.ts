import { type CountryCode, countryCodes } from "../country/country.ts";
import { fromItem, keyOf, nextRetryAt, pendingIndex, shardsOf } from "./appointment.item.ts";
import type { Appointment } from "./appointment.ts";
import { query, type Table, updateIf } from "./table.ts";

/** An appointment that still waits for its country, and since when it should be published again. */
export interface Due {
  appointment: Appointment;
  retryAt: string;
  publishAttempts: number;
}

/**
 * The appointments whose request should be published again, the longest due first in each index partition, page by
 * page. The index follows the table with a delay; what follows from a stale entry is harmless.
 *
 * @param now ISO 8601.
 */
export async function* dueForRetry(table: Table, now: string, pageSize = 25): AsyncGenerator<Due[]> {
  for (const shard of countryCodes.flatMap((code: CountryCode) => shardsOf(code))) {
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await query(table, {
        IndexName: pendingIndex,
        KeyConditionExpression: "pendingShard = :shard AND retryAt <= :now",
        ExpressionAttributeValues: { ":shard": shard, ":now": now },
        Limit: pageSize,
        ...(start && { ExclusiveStartKey: start }),
      });
      const due = Items.map(fromItem).flatMap((item) =>
        item.retryAt === undefined ? [] : [{ ...item, retryAt: item.retryAt }],
      );
      if (due.length > 0) yield due;
      start = LastEvaluatedKey;
    } while (start);
  }
}

/**
 * Notes that the request was published again, and when to do so next: 2, 4, … up to 60 minutes from now.
 *
 * @returns `false` when the appointment is no longer pending, or another run was here first.
 */
export const retried = (table: Table, { appointment, retryAt, publishAttempts }: Due, now: number): Promise<boolean> =>
  updateIf(table, {
    Key: keyOf(appointment),
    UpdateExpression: "SET retryAt = :next, publishAttempts = :attempts",
    ConditionExpression: "#status = :pending AND retryAt = :old",
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: {
      ":next": nextRetryAt(publishAttempts + 1, now),
      ":attempts": publishAttempts + 1,
      ":pending": "pending",
      ":old": retryAt,
    },
  });
