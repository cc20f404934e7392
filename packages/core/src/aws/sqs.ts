import {
  ChangeMessageVisibilityCommand,
  type MessageAttributeValue,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { awsTrouble, clientConfig, once } from "./client.ts";

export type { MessageAttributeValue, SQSClient };

/** The SQS client of this environment. */
export const sqs = once(() => new SQSClient(clientConfig));

/** Sends one message. Throws `queue_unavailable` when SQS does not answer, `internal` when it refuses. */
export async function sendMessage(
  client: SQSClient,
  message: { queueUrl: string; body: string; attributes: Record<string, MessageAttributeValue> },
): Promise<void> {
  try {
    await client.send(
      new SendMessageCommand({
        QueueUrl: message.queueUrl,
        MessageBody: message.body,
        MessageAttributes: message.attributes,
      }),
    );
  } catch (error) {
    throw awsTrouble(error, "queue_unavailable", "SQS");
  }
}

/** Hides a received message for `seconds` (0–43200) from now. Throws `queue_unavailable` or `internal`. */
export async function changeVisibility(
  client: SQSClient,
  message: { queueUrl: string; receiptHandle: string; seconds: number },
): Promise<void> {
  try {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: message.queueUrl,
        ReceiptHandle: message.receiptHandle,
        VisibilityTimeout: message.seconds,
      }),
    );
  } catch (error) {
    throw awsTrouble(error, "queue_unavailable", "SQS");
  }
}
