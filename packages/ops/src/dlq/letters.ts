import type { Message, SQS } from "@aws-sdk/client-sqs";

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
async function receive(sqs: SQS, url: string, count = 10): Promise<Letter[]> {
  const { Messages = [] } = await sqs.receiveMessage({
    QueueUrl: url,
    MaxNumberOfMessages: Math.min(10, count),
    VisibilityTimeout: hiddenSeconds,
    WaitTimeSeconds: 1,
    MessageAttributeNames: ["All"],
    MessageSystemAttributeNames: ["SentTimestamp", "ApproximateReceiveCount"],
  });
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
export async function look(sqs: SQS, url: string, most: number): Promise<Letter[]> {
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

/**
 * Receives what a queue holds now, for good, and gives back what was not removed in the end. What comes meanwhile stays.
 *
 * @param options at most `most` in all, `atOnce` in a page, or only the one whose id begins with `id`
 */
export async function* takeFrom(
  sqs: SQS,
  url: string,
  { most, id = "", atOnce = 10 }: { most: number; id?: string | undefined; atOnce?: number },
) {
  const startedAt = Date.now();
  const held = new Map<string, Letter>();
  const seen = new Set<string>();
  try {
    for (let taken = 0; taken < most; ) {
      const page = await receive(sqs, url, Math.min(atOnce, most - taken));
      const fresh = page.filter((letter) => !seen.has(letter.id));
      if (fresh.length === 0) return;
      for (const letter of page) {
        held.set(letter.id, letter);
        seen.add(letter.id);
      }
      const letters = fresh.filter((letter) => letter.sentAt <= startedAt && letter.id.startsWith(id));
      if (letters.length === 0) continue;
      yield {
        letters,
        /** Deletes some of them. Answers those that SQS did not delete. */
        async done(some: Letter[]): Promise<Letter[]> {
          taken += some.length;
          const kept = await remove(sqs, url, some);
          for (const letter of some) if (!kept.includes(letter)) held.delete(letter.id);
          return kept;
        },
      };
      if (id !== "") return;
    }
  } finally {
    await giveBack(sqs, url, [...held.values()]);
  }
}

/** Makes received messages visible again at once. Best effort: without it they come back after a minute. */
async function giveBack(sqs: SQS, url: string, letters: Letter[]): Promise<void> {
  for (const ten of tens(letters)) {
    const Entries = entriesOf(ten).map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    await sqs.changeMessageVisibilityBatch({ QueueUrl: url, Entries }).catch(() => undefined);
  }
}

/** Deletes received messages. Answers those that were not deleted. */
async function remove(sqs: SQS, url: string, letters: Letter[]): Promise<Letter[]> {
  const kept: Letter[] = [];
  for (const ten of tens(letters)) {
    const { Failed = [] } = await sqs.deleteMessageBatch({ QueueUrl: url, Entries: entriesOf(ten) });
    const failed = new Set(Failed.map(({ Id }) => Id));
    kept.push(...ten.filter((_, index) => failed.has(String(index))));
  }
  return kept;
}

const entriesOf = (letters: Letter[]) =>
  letters.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));

/** How many messages a queue holds; approximate, as SQS says. */
export async function depthOf(sqs: SQS, url: string) {
  const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl: url, AttributeNames: ["All"] });
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

/** SQS takes ten in one call. */
const tens = <Value>(values: Value[]): Value[][] =>
  Array.from({ length: Math.ceil(values.length / 10) }, (_, index) => values.slice(index * 10, index * 10 + 10));
