import { changeVisibility, type SQSClient } from "@appointments/core/aws/sqs";
import { fullJitter } from "@appointments/core/backoff";
import { log } from "@appointments/core/log";
import type { SQSRecord } from "aws-lambda";
import type { SourceQueue } from "../environment.ts";

/** The longest wait before another delivery: 15 minutes. */
const backoff = { baseMs: 4_000, capMs: 900_000 };

/**
 * Lets a message wait before its next delivery, longer each time, with full jitter, so that a database that comes back
 * is not met by all at once. Best effort: without it the queue's own visibility timeout holds. Never rejects.
 */
export async function postpone(
  client: SQSClient,
  source: SourceQueue,
  record: SQSRecord,
  receiveCount: number,
): Promise<void> {
  const seconds = Math.max(1, Math.round(fullJitter(receiveCount, backoff) / 1000));
  try {
    await changeVisibility(client, { queueUrl: source.url, receiptHandle: record.receiptHandle, seconds });
  } catch (error) {
    log.warn("message.not_postponed", { queue: source.name, messageId: record.messageId, error });
  }
}
