import type { GraphMapping, GraphQueue } from "@appointments/graph/graph";
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { backoffMs, pause, type ServiceLog } from "../aws/service.ts";
import { sqsRecord } from "./event.ts";

/** Lambda hands a function at most 6 MB. */
const maxPayloadBytes = 6 * 1024 * 1024;

/** What a mapping calls its queue with. */
export interface Polling {
  mapping: GraphMapping;
  queue: GraphQueue;
  /** Signs with the function's own credentials: a mapping polls in its role. */
  client: SQSClient;
  log: ServiceLog;
  /** How much longer than SQS itself waits its answer may take. */
  answerMs: number;
  /** Aborted when no more messages are wanted. */
  stopping: AbortSignal;
  /** Aborted when a call that still waits for messages is given up. */
  hangUp: AbortSignal;
}

/** Fills `batch` until it is full, or the window since its first message is over, or stopping. */
export async function gather(
  { mapping, queue, client, stopping, hangUp, answerMs }: Polling,
  batch: Message[],
): Promise<void> {
  let bytes = batch.reduce((sum, message) => sum + payloadBytes(queue, message), 0);
  let deadline = batch.length > 0 ? Date.now() : Number.POSITIVE_INFINITY;
  while (batch.length < mapping.batchSize && !stopping.aborted) {
    const left = deadline - Date.now();
    if (left <= 0) return;
    // With a window the poll may not outlast it; SQS counts in seconds, so the rest below one is polled short.
    const waitSeconds = Math.min(20, Math.floor(left / 1000));
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: Math.min(10, mapping.batchSize - batch.length),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      }),
      { abortSignal: AbortSignal.any([hangUp, AbortSignal.timeout(waitSeconds * 1000 + answerMs)]) },
    );
    batch.push(...Messages);
    bytes += Messages.reduce((sum, message) => sum + payloadBytes(queue, message), 0);
    if (bytes >= maxPayloadBytes) return;
    if (batch.length > 0 && deadline === Number.POSITIVE_INFINITY) {
      if (mapping.windowSeconds === 0) return;
      deadline = Date.now() + mapping.windowSeconds * 1000;
    } else if (Messages.length === 0 && waitSeconds === 0) {
      await pause(Math.min(200, Math.max(1, deadline - Date.now())), stopping);
    }
  }
}

/** What cannot be deleted is delivered again: at least once is what a queue promises. */
export async function remove({ mapping, queue, client, log, answerMs }: Polling, batch: Message[]): Promise<void> {
  let entries = batch.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  for (let attempt = 1; entries.length > 0; attempt++) {
    const left: typeof entries = [];
    for (const chunk of chunks(entries)) {
      try {
        const command = new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries: chunk });
        const { Failed = [] } = await client.send(command, { abortSignal: AbortSignal.timeout(answerMs) });
        const failed = new Set(Failed.map(({ Id }) => Id));
        left.push(...chunk.filter(({ Id }) => failed.has(Id)));
      } catch (error) {
        if (attempt >= 4) log("error", `${mapping.name}: cannot delete from ${queue.name}: ${describe(error)}`);
        left.push(...chunk);
      }
    }
    if (left.length > 0 && attempt >= 4) {
      log("error", `${mapping.name}: ${left.length} processed messages stay in ${queue.name} and will come again`);
      return;
    }
    entries = left;
    if (entries.length > 0) await pause(backoffMs(attempt));
  }
}

/** Puts messages back: whoever polls next gets them. */
export async function release({ mapping, queue, client, log, answerMs }: Polling, batch: Message[]): Promise<void> {
  for (const chunk of chunks(batch.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })))) {
    const Entries = chunk.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue.url, Entries });
    await client
      .send(command, { abortSignal: AbortSignal.timeout(answerMs) })
      .catch((error: unknown) => log("warn", `${mapping.name}: messages stay invisible for now: ${describe(error)}`));
  }
}

/** As much of a batch as one invocation takes, and the rest. */
export function fitting(queue: GraphQueue, batch: Message[]): [now: Message[], later: Message[]] {
  let bytes = 0;
  const count = batch.findIndex((message) => {
    bytes += payloadBytes(queue, message);
    return bytes > maxPayloadBytes;
  });
  return count < 1 ? [batch, []] : [batch.slice(0, count), batch.slice(count)];
}

/** Bytes of a message in what an invocation gets. */
function payloadBytes(queue: GraphQueue, message: Message): number {
  return Buffer.byteLength(JSON.stringify(sqsRecord(message, queue.arn))) + 1;
}

function chunks<T>(entries: T[]): T[][] {
  return Array.from({ length: Math.ceil(entries.length / 10) }, (_, index) =>
    entries.slice(index * 10, index * 10 + 10),
  );
}

/** An error in a line of the log. */
export function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
