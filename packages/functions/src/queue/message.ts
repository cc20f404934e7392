import { type AppointmentOutcome, parseOutcome } from "@appointments/core/appointment/event";
import { changeVisibility, type MessageAttributeValue, type SQSClient, sendMessage } from "@appointments/core/aws/sqs";
import { AppError } from "@appointments/core/error";
import { log } from "@appointments/core/log";
import { describe, parse } from "@appointments/core/parse";
import { fullJitter } from "@appointments/core/time";
import type { SQSMessageAttribute, SQSRecord } from "aws-lambda";
import * as v from "valibot";
import type { SourceQueue } from "../environment.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
const envelope = v.strictObject({
  version: v.string(),
  id: v.string(),
  "detail-type": v.string(),
  source: v.string(),
  account: v.string(),
  time: v.string(),
  region: v.string(),
  resources: v.array(v.string()),
  /** Only on events that are replayed from an archive. */
  "replay-name": v.exactOptional(v.string()),
  detail: v.unknown(),
});

/** The outcome in an EventBridge envelope. Throws `message_invalid` and what `parseOutcome` throws. */
export function parseDelivered(json: unknown): AppointmentOutcome {
  const outer = parse(envelope, json);
  if (!outer.ok) throw new AppError("message_invalid", `Not an EventBridge event: ${describe(outer.faults)}`);
  const event = parseOutcome(outer.value.detail);
  // The rule matches on the envelope, we act on the detail: they must not differ.
  if (outer.value.source !== event.source || outer.value["detail-type"] !== event.type) {
    throw new AppError("message_invalid", "The envelope's source or detail-type is not that of its detail");
  }
  return event;
}

/* The two ways of a message that failed: to the dead-letter queue, or back, later. */

/** SQS takes ten attributes with a message; two are ours. */
const room = 8;

/**
 * Sends a message to the dead-letter queue as it came, with why it is there: `cause` is "code: message", without
 * personal data, and `sourceMessageId` finds it in the log. Throws `queue_unavailable`, `internal`.
 */
export async function bury(client: SQSClient, source: SourceQueue, record: SQSRecord, error: AppError): Promise<void> {
  const original = Object.entries(record.messageAttributes)
    // A message that was redriven and failed again brings the old ones.
    .filter(([name]) => name !== "cause" && name !== "sourceMessageId")
    .slice(0, room)
    .map(([name, attribute]) => [name, toSend(attribute)] as const);
  await sendMessage(client, {
    queueUrl: source.deadLetterUrl,
    body: record.body,
    attributes: {
      ...Object.fromEntries(original),
      cause: { DataType: "String", StringValue: `${error.code}: ${error.message}` },
      sourceMessageId: { DataType: "String", StringValue: record.messageId },
    },
  });
}

/** An attribute as Lambda hands it over, as SQS takes it. */
const toSend = ({ dataType, stringValue, binaryValue }: SQSMessageAttribute): MessageAttributeValue => ({
  DataType: dataType,
  ...(binaryValue === undefined ? { StringValue: stringValue } : { BinaryValue: Buffer.from(binaryValue, "base64") }),
});

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
