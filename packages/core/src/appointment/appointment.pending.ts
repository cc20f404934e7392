import { countryCodes } from "../country/country.ts";
import { log } from "../log.ts";
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
 * The appointments whose country should be asked again, page by page, the longest due first.
 *
 * The index partitions take turns, a page each, so that a country with a long queue keeps no other waiting. The index
 * follows the table with a delay; what comes of a stale entry is harmless.
 *
 * @param now ISO 8601.
 */
export async function* dueForRetry(table: Table, now: string, pageSize = 25): AsyncGenerator<Due[]> {
  let open = countryCodes.flatMap(shardsOf).map((shard) => dueInShard(table, shard, now, pageSize));
  while (open.length > 0) {
    const still: typeof open = [];
    for (const pages of open) {
      const page = await pages.next();
      if (page.done) continue;
      still.push(pages);
      if (page.value.length > 0) yield page.value;
    }
    open = still;
  }
}

async function* dueInShard(table: Table, shard: string, now: string, pageSize: number): AsyncGenerator<Due[]> {
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await query(table, {
      IndexName: pendingIndex,
      KeyConditionExpression: "pendingShard = :shard AND retryAt <= :now",
      ExpressionAttributeValues: { ":shard": shard, ":now": now },
      Limit: pageSize,
      ...(start && { ExclusiveStartKey: start }),
    });
    yield Items.flatMap(toDue);
    start = LastEvaluatedKey;
  } while (start);
}

/** An item that cannot be read must not keep the others from being published. */
function toDue(item: unknown): Due[] {
  try {
    const { appointment, retryAt, publishAttempts } = fromItem(item);
    return retryAt === undefined ? [] : [{ appointment, retryAt, publishAttempts }];
  } catch (error) {
    log.error("appointment.unreadable", { error });
    return [];
  }
}

/**
 * Notes that the country was asked again, and when to do so next: 2, 4, … up to 60 minutes from now.
 *
 * @returns `false` when the appointment waits no longer, or another run was here first.
 */
export const retried = (table: Table, { appointment, retryAt, publishAttempts }: Due, now: number): Promise<boolean> =>
  updateIf(table, {
    Key: keyOf(appointment),
    UpdateExpression: "SET retryAt = :next, publishAttempts = :attempts",
    // Only what waits has a `retryAt`; a settled one has none.
    ConditionExpression: "retryAt = :old",
    ExpressionAttributeValues: {
      ":next": nextRetryAt(publishAttempts + 1, now),
      ":attempts": publishAttempts + 1,
      ":old": retryAt,
    },
  });
