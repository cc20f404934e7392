import type { buildApp } from "fauxqs";

export type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>["stores"]>;
export type Queue = ReturnType<Stores["sqsStore"]["createQueue"]>;
type Message = Queue["messages"][number];

/** ARN of the queue that a dead letter came from. */
export type Origins = WeakMap<Message, string>;

/**
 * Makes a queue of fauxqs do what recordings and the documentation of AWS say, where it does otherwise: messages end
 * with the retention, the last receipt handle stays good when a message has become visible again, a dead letter goes on
 * counting where it was, and the counts of messages are those of now. Standard queues only.
 */
export function repairQueue(queue: Queue, origins: Origins): Queue {
  keepReceipts(queue);
  countDeadLetters(queue, origins);
  endWithRetention(queue);
  const getAllAttributes = queue.getAllAttributes.bind(queue);
  queue.getAllAttributes = (names) => {
    queue.processTimers();
    return getAllAttributes(names);
  };
  return queue;
}

/** Source: recordings of AWS (2024-04-30, 2025-03-28). */
function keepReceipts(queue: Queue): void {
  const handles = new WeakMap<Message, string>();
  const dequeue = queue.dequeue.bind(queue);
  queue.dequeue = (...args) => {
    const received = dequeue(...args);
    for (const { ReceiptHandle } of received) {
      const message = queue.inflightMessages.get(ReceiptHandle)?.message;
      if (message) handles.set(message, ReceiptHandle);
    }
    return received;
  };
  const visible = (handle: string) => queue.messages.find((message) => handles.get(message) === handle);

  const deleteMessage = queue.deleteMessage.bind(queue);
  queue.deleteMessage = (handle) => {
    const message = visible(handle);
    if (message) hide(queue, message, handle, 0);
    return deleteMessage(handle);
  };

  const changeVisibility = queue.changeVisibility.bind(queue);
  queue.changeVisibility = (handle, seconds) => {
    const message = visible(handle);
    if (message && seconds > 0) hide(queue, message, handle, seconds);
    else changeVisibility(handle, seconds);
  };
  // ChangeMessageVisibility asks here first.
  const { inflightMessages } = queue;
  const isInFlight = inflightMessages.has.bind(inflightMessages);
  inflightMessages.has = (handle) => isInFlight(handle) || visible(handle) !== undefined;
}

/** Takes a visible message into flight again under the handle it had. */
function hide(queue: Queue, message: Message, receiptHandle: string, seconds: number): void {
  queue.messages = queue.messages.filter((other) => other !== message);
  const visibilityDeadline = Date.now() + seconds * 1000;
  queue.inflightMessages.set(receiptHandle, { message, receiptHandle, visibilityDeadline });
  const { messageId, approximateReceiveCount: count, approximateFirstReceiveTimestamp: first } = message;
  queue.persistence?.updateMessageInflight(messageId, receiptHandle, visibilityDeadline, count, first);
}

/** fauxqs counts the move itself as a receive; AWS does not (recording of 2024-04-30). */
function countDeadLetters(queue: Queue, origins: Origins): void {
  const dequeue = queue.dequeue.bind(queue);
  queue.dequeue = (count, timeout, resolve) => {
    const deadLetters = (arn: string): Queue | undefined => {
      const target = resolve?.(arn);
      if (target === undefined) return undefined;
      const enqueue = (message: Message) => {
        message.approximateReceiveCount--;
        origins.set(message, queue.arn);
        target.enqueue(message);
      };
      return Object.create(target, { enqueue: { value: enqueue } }) as Queue; // only `enqueue` is called on it
    };
    return dequeue(count, timeout, resolve && deadLetters);
  };
}

/** Retention counts from when a message was first sent, in whatever queue it is by now. */
function endWithRetention(queue: Queue): void {
  let nextLook = 0;
  const processTimers = queue.processTimers.bind(queue);
  queue.processTimers = () => {
    const now = Date.now();
    if (now >= nextLook) {
      nextLook = now + 1000;
      expire(queue, now - Number(queue.attributes.MessageRetentionPeriod) * 1000);
    }
    processTimers();
  };
}

function expire(queue: Queue, sentBefore: number): void {
  const kept = (message: Message) => {
    if (message.sentTimestamp > sentBefore) return true;
    queue.persistence?.deleteMessage(message.messageId);
    return false;
  };
  queue.messages = queue.messages.filter(kept);
  queue.delayedMessages = queue.delayedMessages.filter(kept);
  for (const [handle, { message }] of queue.inflightMessages) {
    if (!kept(message)) queue.inflightMessages.delete(handle);
  }
}
