import { setTimeout as sleep } from "node:timers/promises";
import type { Place, QueuePair } from "../place/place.ts";
import type { Terminal } from "../terminal.ts";
import { depthOf, giveBack, type Letter, receive, remove } from "./letters.ts";
import { sendAll } from "./send.ts";

/**
 * Sends dead letters to the queue that they came from, as they came, and deletes each only after its send succeeded: a
 * crash between the two leaves it in both, and a message that comes twice changes nothing.
 *
 * What fails again and comes back during the redrive stays: only what was there at the start is sent.
 *
 * @param options `perSecond` messages a second (above 0), at most `most` in all, or only the one that `id` names.
 * @returns 0 when all went well, 1 when some were not sent or not deleted.
 */
export async function redrive(
  { sqs }: Place,
  { name, url, deadLetterUrl }: QueuePair,
  options: { perSecond: number; most: number; id?: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const startedAt = Date.now();
  const { visible, inFlight } = await depthOf(sqs, deadLetterUrl);
  terminal.note(`About ${visible + inFlight} in ${name}_DLQ; at most ${options.most}, ${options.perSecond} a second`);
  const total = { sent: 0, failed: 0, undeleted: 0 };
  const held = new Map<string, Letter>();
  const seen = new Set<string>();
  try {
    while (total.sent < options.most) {
      const pageAt = Date.now();
      const count = Math.min(10, options.most - total.sent, Math.max(1, Math.floor(options.perSecond)));
      const page = await receive(sqs, deadLetterUrl, count);
      const fresh = page.filter(({ id }) => !seen.has(id));
      if (fresh.length === 0) break;
      for (const { id } of fresh) seen.add(id);
      const wanted = fresh.filter(
        ({ id, sentAt }) => sentAt <= startedAt && (options.id === undefined || id.startsWith(options.id)),
      );
      for (const letter of page) held.set(letter.id, letter);
      const sent = await sendAll(sqs, url, wanted);
      const undeleted = sent.length > 0 ? await remove(sqs, deadLetterUrl, sent) : [];
      for (const letter of sent) if (!undeleted.includes(letter)) held.delete(letter.id);
      total.sent += sent.length;
      total.failed += wanted.length - sent.length;
      total.undeleted += undeleted.length;
      if (sent.length > 0) terminal.note(`${total.sent} sent to ${name}`);
      if (wanted.length > 0 && sent.length === 0) break;
      if (options.id !== undefined && sent.length > 0) break;
      await sleep(Math.max(0, (sent.length / options.perSecond) * 1000 - (Date.now() - pageAt)));
    }
  } finally {
    await giveBack(sqs, deadLetterUrl, [...held.values()]);
  }
  terminal.out(`${total.sent} redriven from ${name}_DLQ to ${name}, ${total.failed} not sent`);
  if (total.undeleted > 0) terminal.note(`${total.undeleted} were sent but not deleted: they are in both queues`);
  return total.failed + total.undeleted > 0 || (options.id !== undefined && total.sent === 0) ? 1 : 0;
}
