import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { originalAttributes } from "./cause.ts";
import type { Letter } from "./letters.ts";

type Sendable = Pick<Letter, "body" | "attributes">;

/** Bytes that one SendMessageBatch takes at least, in every region and emulator. */
const maxBytes = 256 * 1024;

/** Sends messages as they came, without what was added when they were buried. @returns what SQS took. */
export async function sendAll<L extends Sendable>(sqs: SQSClient, url: string, letters: L[]): Promise<L[]> {
  const sent: L[] = [];
  for (const chunk of chunksOf(letters)) {
    const Entries = chunk.map((letter, index) => ({
      Id: String(index),
      MessageBody: letter.body,
      MessageAttributes: originalAttributes(letter),
    }));
    const { Successful = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
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
