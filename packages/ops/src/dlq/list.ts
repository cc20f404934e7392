import type { Place, QueuePair } from "../place/place.ts";
import { spanOf, type Terminal, tableOf } from "../terminal.ts";
import { OpsError } from "../usage.ts";
import { causeOf, originalAttributes } from "./cause.ts";
import { appointmentIn, typeIn } from "./content.ts";
import { depthOf, type Letter, look } from "./letters.ts";
import { hint, withoutPersonal } from "./personal.ts";

/** Lists at most `most` messages of a dead-letter queue, oldest first. None is consumed. */
export async function listDead(
  place: Place,
  { name, deadLetterUrl }: QueuePair,
  options: { most: number; json: boolean },
  terminal: Terminal,
): Promise<number> {
  const letters = await look(place.sqs, deadLetterUrl, options.most);
  if (options.json) {
    terminal.out(JSON.stringify(letters.map(summaryOf), null, 2));
    return 0;
  }
  const rows = letters.map((letter) => {
    const { messageId, type, appointmentId, cause } = summaryOf(letter);
    return [messageId, ageOf(letter), type ?? "–", appointmentId ?? "–", cause];
  });
  if (rows.length > 0) terminal.out(tableOf(["message", "age", "type", "appointment", "cause"], rows));
  const { visible, inFlight } = await depthOf(place.sqs, deadLetterUrl);
  terminal.note(`${letters.length} listed of about ${Math.max(letters.length, visible + inFlight)} in ${name}_DLQ`);
  return 0;
}

/** Shows one message whole; without personal data unless asked. `id` may be its beginning. Throws `OpsError`. */
export async function showDead(
  place: Place,
  { name, deadLetterUrl }: QueuePair,
  options: { id: string; most: number; personal: boolean },
  terminal: Terminal,
): Promise<number> {
  const letters = await look(place.sqs, deadLetterUrl, options.most);
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
      `was        ${attributes.sourceMessageId?.StringValue ?? "not told"} in ${name}`,
      `here since ${sentAt > 0 ? new Date(sentAt).toISOString() : "not told"} (${ageOf(letter)}), received ${receiveCount} times`,
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
