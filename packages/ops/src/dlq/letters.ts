import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

/** A message as we hold it for a moment. */
export interface Letter {
  id: string;
  body: string;
  receiptHandle: string;
  attributes: NonNullable<Message["MessageAttributes"]>;
  /** When it was sent to this queue, milliseconds since 1970; 0 where the queue does not say. */
  sentAt: number;
  receiveCount: number;
}

/** Seconds that a received message is hidden from others. What we do not give back comes back by itself. */
const hiddenSeconds = 60;
/** We hold no message longer than this in milliseconds, so that none comes twice into one look. */
const longestLook = 40_000;

/** At most ten messages that are visible now. Waits up to a second, so that all of SQS's servers are asked. */
export async function receive(sqs: SQSClient, url: string, count = 10): Promise<Letter[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: Math.min(10, count),
      VisibilityTimeout: hiddenSeconds,
      WaitTimeSeconds: 1,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["SentTimestamp", "ApproximateReceiveCount"],
    }),
  );
  return Messages.map(({ MessageId = "", Body = "", ReceiptHandle = "", MessageAttributes = {}, Attributes = {} }) => ({
    id: MessageId,
    body: Body,
    receiptHandle: ReceiptHandle,
    attributes: MessageAttributes,
    sentAt: Number(Attributes.SentTimestamp ?? 0),
    receiveCount: Number(Attributes.ApproximateReceiveCount ?? 0),
  }));
}

/**
 * Looks at the messages of a queue, oldest first, and gives all of them back.
 *
 * SQS has no look without a receive: each counts as one, and for its short time nobody else gets the message.
 */
export async function look(sqs: SQSClient, url: string, most: number): Promise<Letter[]> {
  const seen = new Map<string, Letter>();
  const until = Date.now() + longestLook;
  try {
    while (seen.size < most && Date.now() < until) {
      const page = await receive(sqs, url, most - seen.size);
      if (page.every(({ id }) => seen.has(id))) break;
      for (const letter of page) seen.set(letter.id, letter);
    }
  } finally {
    await giveBack(sqs, url, [...seen.values()]);
  }
  return [...seen.values()].toSorted((a, b) => a.sentAt - b.sentAt);
}

/** Makes received messages visible again at once. Best effort: without it they come back after a minute. */
export async function giveBack(sqs: SQSClient, url: string, letters: Letter[]): Promise<void> {
  for (const ten of tens(letters)) {
    const Entries = ten.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: 0,
    }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries })).catch(() => undefined);
  }
}

/** Deletes received messages. Answers those that SQS did not delete. */
export async function remove(sqs: SQSClient, url: string, letters: Letter[]): Promise<Letter[]> {
  const kept: Letter[] = [];
  for (const ten of tens(letters)) {
    const Entries = ten.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
    const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    const failed = new Set(Failed.map(({ Id }) => Id));
    kept.push(...ten.filter((_, index) => failed.has(String(index))));
  }
  return kept;
}

export interface Depth {
  visible: number;
  inFlight: number;
  delayed: number;
}

/** How many messages a queue holds; approximate, as SQS says. */
export async function depthOf(sqs: SQSClient, url: string): Promise<Depth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
      ],
    }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

/** SQS takes ten in one call. */
export const tens = <Value>(values: Value[]): Value[][] =>
  Array.from({ length: Math.ceil(values.length / 10) }, (_, index) => values.slice(index * 10, index * 10 + 10));
