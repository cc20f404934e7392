import type { Graph, GraphSubscription } from "@appointments/graph/graph";
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  paginateListSubscriptionsByTopic,
  paginateListTopics,
  type SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { checkDeadLetters, refusal } from "../../aws/delivery.ts";
import type { ServiceLog } from "../../aws/service.ts";

interface Subscription {
  /** Name for messages to the reader. */
  name: string;
  queueArn: string;
  attributes: Record<string, string>;
}

/**
 * Makes topics with their subscriptions, and removes those that have left the graph. A subscription that AWS would never
 * deliver to, because the queue's policy does not let the topic in, goes to its dead-letter queue, as the messages would
 * there; without one it is not made.
 *
 * @param options.ours whether a topic of this name can have been of the graph
 */
export async function putTopics(
  client: SNSClient,
  graph: Graph,
  { log, ours }: { log: ServiceLog; ours: (name: string) => boolean },
): Promise<void> {
  const wanted = new Map<string, Subscription[]>();
  for (const topic of graph.topics) {
    const own = graph.subscriptions.filter(({ topicArn }) => topicArn === topic.arn);
    wanted.set(
      topic.topicName,
      own.flatMap((it) => fromSubscription(graph, it, log)),
    );
  }

  for (const [name, subscriptions] of wanted) {
    const { TopicArn } = await client.send(new CreateTopicCommand({ Name: name }));
    if (TopicArn === undefined) throw new Error(`Topic ${name} was made, but no ARN came back.`);
    await putSubscriptions(client, TopicArn, subscriptions, log);
  }
  for await (const { Topics = [] } of paginateListTopics({ client }, {})) {
    for (const { TopicArn = "" } of Topics) {
      const name = TopicArn.slice(TopicArn.lastIndexOf(":") + 1);
      if (wanted.has(name) || !ours(name)) continue;
      await client.send(new DeleteTopicCommand({ TopicArn }));
      log("info", `topic ${name} has left the graph; removed`);
    }
  }
}

async function putSubscriptions(
  client: SNSClient,
  TopicArn: string,
  wanted: Subscription[],
  log: ServiceLog,
): Promise<void> {
  const missing = new Map<string, Subscription>();
  for (const subscription of wanted) {
    const other = missing.get(subscription.queueArn);
    if (other) throw new Error(`Subscriptions ${other.name} and ${subscription.name} have the same topic and queue.`);
    missing.set(subscription.queueArn, subscription);
  }
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
    for (const { SubscriptionArn, Endpoint = "" } of Subscriptions) {
      const subscription = missing.get(Endpoint);
      if (subscription && (await hasAttributes(client, SubscriptionArn, subscription))) {
        missing.delete(Endpoint);
        continue;
      }
      // A subscription holds no messages: to change one, it is made anew.
      await client.send(new UnsubscribeCommand({ SubscriptionArn }));
      const what = subscription
        ? `${subscription.name} has changed`
        : `from ${TopicArn} to ${Endpoint} has left the graph`;
      log("info", `subscription ${what}; ${subscription ? "made anew" : "removed"}`);
    }
  }
  for (const { queueArn, attributes } of missing.values()) {
    await client.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: queueArn, Attributes: attributes }));
  }
}

async function hasAttributes(client: SNSClient, SubscriptionArn: string | undefined, wanted: Subscription) {
  const { Attributes = {} } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
  return ["RawMessageDelivery", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"].every(
    (name) => (Attributes[name] ?? "") === (wanted.attributes[name] ?? ""),
  );
}

function fromSubscription(graph: Graph, subscription: GraphSubscription, log: ServiceLog): Subscription[] {
  const { name, topicArn, protocol, filterPolicy, filterPolicyScope = "MessageAttributes" } = subscription;
  if (protocol !== "sqs") {
    throw new Error(`Subscription ${name} has protocol ${protocol}; the local system delivers to sqs only.`);
  }
  const source = { service: "sns.amazonaws.com", arn: topicArn };
  checkDeadLetters(graph, name, subscription.deadLetterArn, source, log);
  const deadLetterArn =
    subscription.deadLetterArn !== undefined && refusal(graph, subscription.deadLetterArn, source) === undefined
      ? subscription.deadLetterArn
      : undefined;
  const queueArn = reachable(graph, { ...subscription, deadLetterArn }, source, log);
  if (queueArn === undefined) return [];
  const attributes = {
    ...(subscription.rawMessageDelivery ? { RawMessageDelivery: "true" } : {}),
    ...(filterPolicy ? { FilterPolicy: JSON.stringify(filterPolicy), FilterPolicyScope: filterPolicyScope } : {}),
    ...redrive(deadLetterArn),
  };
  return [{ name, queueArn, attributes }];
}

/** The queue that a subscription's messages come to: its own, else its dead-letter queue, else none. */
function reachable(
  graph: Graph,
  { name, endpoint, deadLetterArn }: { name: string; endpoint: string; deadLetterArn: string | undefined },
  source: { service: string; arn: string },
  log: ServiceLog,
): string | undefined {
  const why = refusal(graph, endpoint, source);
  if (why === undefined) return endpoint;
  if (deadLetterArn !== undefined) {
    log("error", `AWS would not deliver: subscription ${name} goes to its dead-letter queue, because ${why}`);
    return deadLetterArn;
  }
  log("error", `AWS would not deliver: subscription ${name} is left out, because ${why}`);
  return undefined;
}

function redrive(deadLetterArn: string | undefined): Record<string, string> {
  return deadLetterArn === undefined ? {} : { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterArn }) };
}
