import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { queueNames } from "@appointments/core/aws/link";
import * as v from "valibot";
import { readJson } from "../json.ts";
import { type Place, queueOf } from "../place/place.ts";
import type { Terminal } from "../terminal.ts";
import { OpsError } from "../usage.ts";
import { sendAll } from "./send.ts";

/** A line of the file that `drop` writes, as far as it is needed to send the message again. */
const dropped = v.object({
  queue: v.picklist(queueNames),
  messageId: v.string(),
  body: v.string(),
  attributes: v.record(
    v.string(),
    v.object({
      DataType: v.optional(v.string()),
      StringValue: v.exactOptional(v.string()),
      BinaryValue: v.exactOptional(v.string()),
    }),
  ),
});

/**
 * Sends messages that were dropped to the queue that they first came from, as they came. The file stays as it is: who
 * sends it twice sends each message twice, and one that comes again changes nothing.
 *
 * @param options `perSecond` messages a second (above 0), at most `most` in all, or only the one that `id` names.
 * @returns 0 when all went well, 1 when some were not sent. Throws `OpsError`, and has sent nothing, when a line is not drop's.
 */
export async function resend(
  place: Place,
  options: { file: string; perSecond: number; most: number; id?: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const { id = "", perSecond, most } = options;
  const all = await readDropped(options.file);
  // A message that could not be deleted is dropped once more, and then stands there twice.
  const distinct = new Map(all.map((letter) => [`${letter.queue} ${letter.id}`, letter]));
  const named = [...distinct.values()].filter((letter) => letter.id.startsWith(id));
  const wanted = named.slice(0, most);
  let sent = 0;
  const step = Math.min(10, Math.max(1, Math.floor(perSecond)));
  for (const queue of queueNames) {
    const letters = wanted.filter((letter) => letter.queue === queue);
    for (let at = 0; at < letters.length; at += step) {
      const startedAt = Date.now();
      const taken = await sendAll(place.sqs, queueOf(place, queue).url, letters.slice(at, at + step));
      sent += taken.length;
      terminal.note(`${Math.min(at + step, letters.length)} of ${letters.length} to ${queue}`);
      await sleep(Math.max(0, (taken.length / perSecond) * 1000 - (Date.now() - startedAt)));
    }
  }
  terminal.out(`${sent} resent from ${options.file}, ${wanted.length - sent} not sent`);
  // The next time begins with the same ones, so it takes a larger number, not another time.
  if (named.length > most)
    terminal.note(`${named.length - most} more are in the file: --max ${named.length} sends all`);
  return sent < wanted.length || sent === 0 ? 1 : 0;
}

async function readDropped(file: string) {
  const lines = (await readFile(file, "utf8")).split("\n");
  return lines.flatMap((line, index) => {
    if (line === "") return [];
    const read = v.safeParse(dropped, readJson(line));
    if (!read.success)
      throw new OpsError(`Line ${index + 1} of ${file} is no message that dlq drop wrote; nothing was sent`);
    const { queue, messageId, body, attributes } = read.output;
    const told = Object.entries(attributes).map(([name, { BinaryValue, ...rest }]) => [
      name,
      {
        ...rest,
        ...(BinaryValue !== undefined && { BinaryValue: Buffer.from(BinaryValue, "base64") }),
      },
    ]);
    return [{ queue, id: messageId, body, attributes: Object.fromEntries(told) }];
  });
}
