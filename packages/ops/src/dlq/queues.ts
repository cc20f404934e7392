import type { Place } from "../place/place.ts";
import { spanOf, type Terminal, tableOf } from "../terminal.ts";
import { depthOf, look } from "./letters.ts";

/** A dead-letter queue that holds more than this is not looked into for its oldest message. */
const lookable = 100;

/**
 * Shows every queue with its dead-letter queue. SQS tells the age of the oldest message only to CloudWatch; of a
 * dead-letter queue we look, of a working queue we do not: a look counts as a delivery.
 */
export async function showQueues(place: Place, terminal: Terminal, json: boolean): Promise<number> {
  const found = await Promise.all(
    place.queues.map(async ({ name, url, deadLetterUrl }) => {
      const [source, dead] = await Promise.all([depthOf(place.sqs, url), depthOf(place.sqs, deadLetterUrl)]);
      const count = dead.visible + dead.inFlight + dead.delayed;
      const letters = dead.visible > 0 && count <= lookable ? await look(place.sqs, deadLetterUrl, lookable) : [];
      const oldest = letters[0]?.sentAt ?? 0;
      return { queue: name, ...source, dead: count, deadOldestAt: oldest > 0 ? new Date(oldest).toISOString() : null };
    }),
  );
  if (json) {
    terminal.out(JSON.stringify(found, null, 2));
    return 0;
  }
  const rows = found.map(({ queue, visible, inFlight, delayed, dead, deadOldestAt }) => [
    queue,
    visible,
    inFlight,
    delayed,
    dead,
    deadOldestAt === null ? (dead > 0 ? "?" : "–") : spanOf(Date.now() - Date.parse(deadOldestAt)),
  ]);
  terminal.out(tableOf(["queue", "waiting", "in flight", "delayed", "dead letters", "oldest dead letter"], rows));
  return 0;
}
