import type { SQSClient } from "@appointments/core/aws/sqs";
import { type AppError, toAppError } from "@appointments/core/error";
import { parseJson } from "@appointments/core/event";
import { log } from "@appointments/core/log";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { SourceQueue } from "../environment.ts";
import { bury, postpone } from "./message.ts";

export interface Consumer<Message> {
  source: SourceQueue;
  client: SQSClient;
  /** Parses the JSON of one message. Throws an `AppError`. */
  parse: (json: unknown) => Message;
  /** Processes all messages; returns for each, in order, its error, or nothing when it is done. */
  process: (messages: Message[]) => Promise<(AppError | undefined)[]>;
}

/**
 * Consumes a batch of queue messages; the one place that decides the end of each:
 *
 * - done: deleted, by not being named in the answer
 * - a permanent error, or the last delivery: sent to the dead-letter queue with its cause, then done
 * - a passing error: named in `batchItemFailures`, so SQS delivers it again after a growing wait
 *
 * Each message by itself: one that cannot be read does not affect the others, and none is dropped silently. Never rejects.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export async function consume<Message>(event: SQSEvent, consumer: Consumer<Message>): Promise<SQSBatchResponse> {
  const failed: { record: SQSRecord; error: AppError }[] = [];
  const taken: { record: SQSRecord; message: Message }[] = [];
  for (const record of event.Records) {
    try {
      taken.push({ record, message: consumer.parse(parseJson(record.body)) });
    } catch (error) {
      failed.push({ record, error: toAppError(error) });
    }
  }
  const errors = await processAll(
    consumer,
    taken.map(({ message }) => message),
  );
  for (const [index, { record }] of taken.entries()) {
    const error = errors[index];
    if (error) failed.push({ record, error });
  }
  const again = await Promise.all(failed.map(({ record, error }) => fail(consumer, record, error)));
  const batchItemFailures = again.flatMap((itemIdentifier) =>
    itemIdentifier === undefined ? [] : [{ itemIdentifier }],
  );
  log.info("batch.done", { queue: consumer.source.name, count: event.Records.length, failed: failed.length });
  return { batchItemFailures };
}

async function processAll<Message>({ process }: Consumer<Message>, messages: Message[]) {
  if (messages.length === 0) return [];
  try {
    return await process(messages);
  } catch (error) {
    const cause = toAppError(error);
    return messages.map(() => cause);
  }
}

/** @returns the id of the message if SQS is to deliver it again. */
async function fail<Message>(
  { client, source }: Consumer<Message>,
  record: SQSRecord,
  error: AppError,
): Promise<string | undefined> {
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  const fields = { queue: source.name, messageId: record.messageId, code: error.code, receiveCount, error };
  if (!error.retry || receiveCount >= source.maxReceiveCount) {
    try {
      await bury(client, source, record, error);
      log.error("message.buried", fields);
      return undefined;
    } catch (burying) {
      // It stays in the queue: the redrive policy takes it in the end, only without its cause.
      log.error("message.not_buried", { ...fields, error: burying });
    }
  } else {
    log.warn("message.postponed", fields);
  }
  await postpone(client, source, record, receiveCount);
  return record.messageId;
}
