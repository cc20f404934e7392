import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { queueNames } from "@appointments/core/aws/client";
import type { SQS } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { jsonOf, OpsError } from "../options.ts";
import { type QueuePair, queueOf, type Site } from "../site.ts";
import type { Terminal } from "../terminal.ts";
import { depthOf, type Letter, takeFrom } from "./letters.ts";
import { originalAttributes } from "./message.ts";

type Sendable = Pick<Letter, "body" | "attributes">;

/** Bytes that one SendMessageBatch takes at least, in every region and emulator. */
const maxBytes = 256 * 1024;

/** Sends messages as they came, without what was added when they were buried. @returns what SQS took. */
async function sendAll<L extends Sendable>(sqs: SQS, url: string, letters: L[]): Promise<L[]> {
  const sent: L[] = [];
  for (const chunk of chunksOf(letters)) {
    const Entries = chunk.map((letter, index) => ({
      Id: String(index),
      MessageBody: letter.body,
      MessageAttributes: originalAttributes(letter),
    }));
    const { Successful = [] } = await sqs.sendMessageBatch({ QueueUrl: url, Entries });
    const taken = new Set(Successful.map(({ Id }) => Id));
    sent.push(...chunk.filter((_, index) => taken.has(String(index))));
  }
  return sent;
}

function chunksOf<L extends Sendable>(letters: L[]): L[][] {
  const chunks: L[][] = [];
  let bytes = 0;
  for (const letter of letters) {
    const size = sizeOf(letter);
    const last = chunks.at(-1);
    if (last && last.length < 10 && bytes + size <= maxBytes) {
      last.push(letter);
      bytes += size;
    } else {
      chunks.push([letter]);
      bytes = size;
    }
  }
  return chunks;
}

/** As SQS counts it: the body, and names, types and values of attributes. */
const sizeOf = (letter: Sendable): number =>
  Object.entries(originalAttributes(letter)).reduce(
    (bytes, [name, { DataType = "", StringValue = "", BinaryValue = StringValue }]) =>
      bytes + Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(BinaryValue),
    Buffer.byteLength(letter.body),
  );

/** Messages to send together, at most ten, so that a second's worth is not sent in a moment. */
const atOnce = (perSecond: number): number => Math.min(10, Math.max(1, Math.floor(perSecond)));

/** Waits as long as so many messages may take, from when they were begun. */
const pace = (count: number, perSecond: number, begunAt: number): Promise<void> =>
  sleep(Math.max(0, (count / perSecond) * 1000 - (Date.now() - begunAt)));

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
  { sqs }: Site,
  { name, url, deadLetterUrl }: QueuePair,
  options: { perSecond: number; most: number; id?: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const { perSecond, most } = options;
  const { visible, inFlight } = await depthOf(sqs, deadLetterUrl);
  terminal.note(`About ${visible + inFlight} in ${name}_DLQ; at most ${most}, ${perSecond} a second`);
  const total = { sent: 0, failed: 0, undeleted: 0 };
  let pageAt = Date.now();
  for await (const { letters, done } of takeFrom(sqs, deadLetterUrl, { ...options, atOnce: atOnce(perSecond) })) {
    const sent = await sendAll(sqs, url, letters);
    total.failed += letters.length - sent.length;
    if (sent.length === 0) break;
    total.sent += sent.length;
    total.undeleted += (await done(sent)).length;
    terminal.note(`${total.sent} sent to ${name}`);
    await pace(sent.length, perSecond, pageAt);
    pageAt = Date.now();
  }
  terminal.out(`${total.sent} redriven from ${name}_DLQ to ${name}, ${total.failed} not sent`);
  if (total.undeleted > 0) terminal.note(`${total.undeleted} were sent but not deleted: they are in both queues`);
  return total.failed + total.undeleted > 0 || (options.id !== undefined && total.sent === 0) ? 1 : 0;
}

/** A line of the file that `drop` writes, as far as it is needed to send the message again. */
const dropped = jsonOf({
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
  site: Site,
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
  const step = atOnce(perSecond);
  for (const queue of queueNames) {
    const letters = wanted.filter((letter) => letter.queue === queue);
    for (let at = 0; at < letters.length; at += step) {
      const startedAt = Date.now();
      const taken = await sendAll(site.sqs, queueOf(site, queue).url, letters.slice(at, at + step));
      sent += taken.length;
      terminal.note(`${Math.min(at + step, letters.length)} of ${letters.length} to ${queue}`);
      await pace(taken.length, perSecond, startedAt);
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
    const read = v.safeParse(dropped, line);
    if (!read.success)
      throw new OpsError(`Line ${index + 1} of ${file} is no message that dlq drop wrote; nothing was sent`);
    const { queue, messageId, body, attributes } = read.output;
    const sendable = Object.entries(attributes).map(([name, { BinaryValue, ...rest }]) => [
      name,
      { ...rest, ...(BinaryValue !== undefined && { BinaryValue: Buffer.from(BinaryValue, "base64") }) },
    ]);
    return [{ queue, id: messageId, body, attributes: Object.fromEntries(sendable) }];
  });
}
