import { OpsError } from "../options.ts";
import type { QueuePair, Site } from "../site.ts";
import { spanOf, type Terminal, tableOf } from "../terminal.ts";
import { depthOf, type Letter, look } from "./letters.ts";
import { appointmentIn, causeOf, hint, originalAttributes, typeIn, withoutPersonal } from "./message.ts";

/** Lists at most `most` messages of a dead-letter queue, oldest first. None is consumed. */
export async function listDead(
  site: Site,
  { name, deadLetterUrl }: QueuePair,
  options: { most: number; json: boolean },
  terminal: Terminal,
): Promise<number> {
  const letters = await look(site.sqs, deadLetterUrl, options.most);
  if (options.json) {
    terminal.out(JSON.stringify(letters.map(summaryOf), null, 2));
    return 0;
  }
  const rows = letters.map((letter) => {
    const { messageId, type, appointmentId, cause } = summaryOf(letter);
    return [messageId, ageOf(letter), type ?? "–", appointmentId ?? "–", cause];
  });
  if (rows.length > 0) terminal.out(tableOf(["message", "age", "type", "appointment", "cause"], rows));
  const { visible, inFlight } = await depthOf(site.sqs, deadLetterUrl);
  terminal.note(`${letters.length} listed of about ${Math.max(letters.length, visible + inFlight)} in ${name}_DLQ`);
  return 0;
}

/** Shows one message whole; without personal data unless asked. `id` may be its beginning. Throws `OpsError`. */
export async function showDead(
  site: Site,
  { name, deadLetterUrl }: QueuePair,
  options: { id: string; most: number; personal: boolean },
  terminal: Terminal,
): Promise<number> {
  const letters = await look(site.sqs, deadLetterUrl, options.most);
  const matching = letters.filter(({ id }) => id.startsWith(options.id));
  const [letter] = matching;
  if (!letter) throw new OpsError(`No message ${options.id} among the ${letters.length} looked at in ${name}_DLQ`);
  if (matching.length > 1) throw new OpsError(`${matching.length} messages begin with ${options.id}; give more of it`);
  const { body, attributes, sentAt, receiveCount } = letter;
  const original = Object.entries(originalAttributes(letter)).map(
    ([attribute, { DataType, StringValue }]) =>
      `  ${attribute} (${DataType}): ${options.personal || attribute === "countryISO" ? (StringValue ?? "binary") : "•••"}`,
  );
  terminal.out(
    [
      `message    ${letter.id}`,
      `cause      ${causeOf(letter)}`,
      `was        ${attributes.sourceMessageId?.StringValue ?? "unknown"} in ${name}`,
      `here since ${sentAt > 0 ? new Date(sentAt).toISOString() : "unknown"} (${ageOf(letter)}), received ${receiveCount} times`,
      ...(original.length > 0 ? ["attributes", ...original] : []),
      `body       ${Buffer.byteLength(body)} bytes`,
      options.personal ? body : withoutPersonal(body),
    ].join("\n"),
  );
  if (!options.personal) terminal.note(hint);
  return 0;
}

const ageOf = ({ sentAt }: Letter) => (sentAt > 0 ? spanOf(Date.now() - sentAt) : "?");

const summaryOf = (letter: Letter) => ({
  messageId: letter.id,
  cause: causeOf(letter),
  sentAt: letter.sentAt > 0 ? new Date(letter.sentAt).toISOString() : null,
  type: typeIn(letter.body),
  appointmentId: appointmentIn(letter.body),
  sourceMessageId: letter.attributes.sourceMessageId?.StringValue ?? null,
  bytes: Buffer.byteLength(letter.body),
});

/** A dead-letter queue that holds more than this is not looked into for its oldest message. */
const lookable = 100;

/**
 * Shows every queue with its dead-letter queue. SQS reports the age of the oldest message only to CloudWatch; of a
 * dead-letter queue we look, of a working queue we do not: a look counts as a delivery.
 */
export async function showQueues(site: Site, terminal: Terminal, json: boolean): Promise<number> {
  const found = await Promise.all(
    site.queues.map(async ({ name, url, deadLetterUrl }) => {
      const [source, dead] = await Promise.all([depthOf(site.sqs, url), depthOf(site.sqs, deadLetterUrl)]);
      const count = dead.visible + dead.inFlight + dead.delayed;
      const letters = dead.visible > 0 && count <= lookable ? await look(site.sqs, deadLetterUrl, lookable) : [];
      const oldest = letters[0]?.sentAt ?? 0;
      return { queue: name, ...source, dead: count, deadOldestAt: oldest > 0 ? new Date(oldest).toISOString() : null };
    }),
  );
  if (json) {
    terminal.out(JSON.stringify(found, null, 2));
    return 0;
  }
  const oldest = ({ dead, deadOldestAt }: (typeof found)[number]) =>
    deadOldestAt === null ? (dead > 0 ? "?" : "–") : spanOf(Date.now() - Date.parse(deadOldestAt));
  const rows = found.map((it) => [it.queue, it.visible, it.inFlight, it.delayed, it.dead, oldest(it)]);
  terminal.out(tableOf(["queue", "waiting", "in flight", "delayed", "dead letters", "oldest dead letter"], rows));
  return 0;
}
