import { type Pattern, readPattern } from "../../aws/pattern/pattern.ts";
import { parseObject } from "../../aws/request.ts";
import type { Queue, Stores } from "./queue.ts";

export interface Delivery {
  /** ARN of the topic or of the EventBridge rule. */
  topicArn: string;
  queueName: string;
  bytes: number;
}

type Subscription = NonNullable<ReturnType<Stores["snsStore"]["getSubscription"]>>;

/**
 * Makes topics deliver as AWS does where fauxqs does otherwise: filters know arrays and null, the queue's delay holds
 * what SNS sends too, and a message for a queue that is gone goes to the subscription's dead-letter queue. Reports each
 * delivery.
 *
 * Through fauxqs's spy: within one publish it names the topic first, and then, before anything else can run, each
 * subscription is asked for, each queue is looked up and each message is put.
 */
export function repairDelivery({ sqsStore, snsStore }: Stores, onDelivery: (delivery: Delivery) => void): void {
  let published: Spied | undefined;
  let subscription: Subscription | undefined;
  const getSubscription = snsStore.getSubscription.bind(snsStore);
  snsStore.getSubscription = (arn) => {
    subscription = getSubscription(arn);
    if (published === undefined || subscription === undefined) return subscription;
    if (!passes(subscription, published)) return undefined;
    // Has passed already: fauxqs is not to filter it once more.
    const { FilterPolicy, ...attributes } = subscription.attributes;
    return { ...subscription, attributes };
  };
  const getQueueByArn = sqsStore.getQueueByArn.bind(sqsStore);
  sqsStore.getQueueByArn = (arn) => {
    const queue = getQueueByArn(arn);
    if (published === undefined || subscription === undefined) return queue;
    const target = queue ?? getQueueByArn(deadLetterArnOf(subscription) ?? "");
    return target && delaying(target);
  };

  const addMessage = (event: Spied) => {
    if (event.service === "sns" && event.topicArn !== undefined) {
      published = event;
      subscription = undefined;
      queueMicrotask(() => {
        published = undefined;
      });
    } else if (event.service === "sqs" && event.status === "published" && published?.topicArn !== undefined) {
      const { topicArn } = published;
      onDelivery({ topicArn, queueName: event.queueName ?? "", bytes: Buffer.byteLength(event.body ?? "") });
    }
  };
  // Of the spy the stores use this one method.
  const spy = { addMessage } as unknown as NonNullable<Stores["sqsStore"]["spy"]>;
  sqsStore.spy = spy;
  snsStore.spy = spy;
  for (const queue of sqsStore.allQueues()) queue.spy = spy;
}

/** What fauxqs's spy is told, of a topic or of a queue. */
interface Spied {
  service: string;
  topicArn?: string;
  queueName?: string;
  status: string;
  body?: string;
  messageAttributes?: Record<string, { DataType: string; StringValue?: string | undefined }>;
}

function deadLetterArnOf({ attributes }: Subscription): string | undefined {
  if (!attributes.RedrivePolicy) return undefined;
  const { deadLetterTargetArn } = JSON.parse(attributes.RedrivePolicy) as { deadLetterTargetArn?: string };
  return deadLetterTargetArn;
}

/** The queue as SNS sees it. A FIFO queue is left as it is: it counts on itself. */
function delaying(queue: Queue): Queue {
  const delayMs = Number(queue.attributes.DelaySeconds) * 1000;
  if (queue.isFifo() || delayMs === 0) return queue;
  const enqueue: Queue["enqueue"] = (message) => queue.enqueue({ ...message, delayUntil: Date.now() + delayMs });
  return Object.create(queue, { enqueue: { value: enqueue } }) as Queue; // what is not `enqueue` only reads
}

const patterns = new Map<string, Pattern>();

/**
 * Whether a subscription's filter policy lets a message pass. The language is that of EventBridge's patterns, over the
 * attributes or over the body.
 * Source: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
function passes({ attributes }: { attributes: Record<string, string> }, message: Spied): boolean {
  const { FilterPolicy: policy, FilterPolicyScope: scope } = attributes;
  if (!policy) return true;
  const pattern = patterns.get(policy) ?? readPattern(JSON.parse(policy));
  patterns.set(policy, pattern);
  const values = scope === "MessageBody" ? parseObject(message.body ?? "") : valuesOf(message);
  return values !== undefined && pattern(values);
}

/** Attributes as values of their types; binary ones are not filtered on. */
function valuesOf({ messageAttributes = {} }: Spied): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { DataType, StringValue }] of Object.entries(messageAttributes)) {
    if (StringValue === undefined) continue;
    if (DataType === "String.Array") values[name] = listOf(StringValue);
    else values[name] = DataType.startsWith("Number") ? Number(StringValue) : StringValue;
  }
  return values;
}

/** What is no JSON after all is a text. */
function listOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
