import { type MessageAttributeValue, type SQSClient, sendMessage } from "@appointments/core/aws/sqs";
import type { AppError } from "@appointments/core/error";
import type { SQSMessageAttribute, SQSRecord } from "aws-lambda";
import type { SourceQueue } from "../environment.ts";

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
