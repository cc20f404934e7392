import { type FileHandle, open } from "node:fs/promises";
import { UsageError } from "../options.ts";
import type { QueuePair, Site } from "../site.ts";
import type { Terminal } from "../terminal.ts";
import { depthOf, type Letter, takeFrom } from "./letters.ts";
import { causeOf } from "./message.ts";

/**
 * Deletes dead letters, after it was confirmed, each only after it is safe on disk: JSON lines, for the owner only,
 * because whole bodies are in it. What arrives meanwhile stays.
 *
 * @param options `file` is appended to; `yes` answers the question; `most` in all, or only the one that `id` names.
 */
export async function drop(
  { sqs, name: site }: Site,
  { name, deadLetterUrl }: QueuePair,
  options: { file: string; yes: boolean; most: number; id?: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const { visible, inFlight } = await depthOf(sqs, deadLetterUrl);
  const what =
    options.id === undefined
      ? `${Math.min(options.most, visible + inFlight)} of about ${visible + inFlight} messages`
      : `message ${options.id}`;
  if (!options.yes) {
    if (!terminal.confirm) throw new UsageError("There is no terminal to confirm on; a script passes --yes");
    if (!(await terminal.confirm(`Drop ${what} of ${name}_DLQ in ${site}?`))) {
      terminal.note("Nothing was dropped");
      return 1;
    }
  }
  const file = await open(options.file, "a+", 0o600);
  try {
    await endLine(file);
    let dropped = 0;
    let undeleted = 0;
    for await (const { letters, done } of takeFrom(sqs, deadLetterUrl, options)) {
      await file.appendFile(letters.map((letter) => `${JSON.stringify(lineOf(name, letter))}\n`).join(""));
      await file.sync();
      const kept = await done(letters);
      dropped += letters.length - kept.length;
      undeleted += kept.length;
      terminal.note(`${dropped} dropped`);
    }
    terminal.out(`${dropped} dropped from ${name}_DLQ, kept in ${options.file}`);
    if (undeleted > 0) terminal.note(`${undeleted} were not deleted: they are in the file and in the queue`);
    return undeleted > 0 || (options.id !== undefined && dropped === 0) ? 1 : 0;
  } finally {
    await file.close();
  }
}

/** Who wrote before may have been ended within a line. */
async function endLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: size - 1 });
  if (buffer.toString() !== "\n") await file.appendFile("\n");
}

/** All that is needed to send it again. */
const lineOf = (queue: string, letter: Letter) => ({
  queue,
  messageId: letter.id,
  cause: causeOf(letter),
  sentAt: letter.sentAt > 0 ? new Date(letter.sentAt).toISOString() : null,
  droppedAt: new Date().toISOString(),
  body: letter.body,
  attributes: Object.fromEntries(
    Object.entries(letter.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        DataType,
        ...(BinaryValue === undefined ? { StringValue } : { BinaryValue: Buffer.from(BinaryValue).toString("base64") }),
      },
    ]),
  ),
});
