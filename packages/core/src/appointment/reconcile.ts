import { countryCodes } from "../country/country.ts";
import { log } from "../log.ts";
import { type Clock, systemClock, toTimestamp } from "../time.ts";
import { newTraceparent } from "../trace.ts";
import type { Appointment } from "./appointment.ts";
import { fromItem, keyOf, nextRetryAt, pendingIndex, shardsOf } from "./item.ts";
import { query, type Table, updateIf } from "./table.ts";
import type { Topic } from "./topic.ts";

/** At most this many in one run; the next run, a minute later, goes on. */
const perRun = 1_000;

/** After this many repeats someone should look: time alone does not heal this. */
const worrying = 5;

/**
 * Publishes again the requests of appointments that still wait and are due, then notes when to do so next.
 *
 * In this order: a crash between the two publishes once more, which is harmless; the other order would lose one. It
 * ends when nothing is due, after 1000, when `mayGoOn` says no, or when no publishing of a page succeeds: the topic is
 * then away for all.
 */
export async function reconcile(
  { table, topic }: { table: Table; topic: Topic },
  mayGoOn: () => boolean,
  clock: Clock = systemClock,
): Promise<{ published: number; failed: number }> {
  const total = { published: 0, failed: 0 };
  for await (const page of dueForRetry(table, toTimestamp(clock()))) {
    if (!mayGoOn()) break;
    const results = await Promise.all(page.map((due) => publishAgain({ table, topic }, due, clock())));
    const published = results.filter(Boolean).length;
    total.published += published;
    total.failed += results.length - published;
    if (published === 0 || total.published >= perRun) break;
  }
  return total;
}

async function publishAgain({ table, topic }: { table: Table; topic: Topic }, due: Due, now: number): Promise<boolean> {
  const { appointmentId, countryISO, updatedAt } = due.appointment;
  const traceparent = newTraceparent();
  // An alarm looks at the age.
  const ageSeconds = Math.round((now - Date.parse(updatedAt)) / 1000);
  const fields = { appointmentId, countryISO, ageSeconds, attempt: due.publishAttempts + 1, traceparent };
  try {
    await topic.publish(due.appointment, traceparent);
    await retried(table, due, now);
  } catch (error) {
    log.warn("appointment.publish_failed", { ...fields, error });
    return false;
  }
  if (fields.attempt >= worrying) log.error("appointment.stuck", fields);
  else log.warn("appointment.requested_again", fields);
  return true;
}

/** An appointment that still waits for its country, and since when it should be published again. */
export interface Due {
  appointment: Appointment;
  retryAt: string;
  publishAttempts: number;
}

/**
 * The appointments whose request should be published again, page by page, the longest due first.
 *
 * The index partitions take turns, a page each, so that a country with a long queue keeps no other waiting. The index
 * follows the table with a delay; publishing for a stale entry is harmless.
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
 * Notes that the request was published again, and when to do so next: 2, 4, … up to 60 minutes from now.
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
