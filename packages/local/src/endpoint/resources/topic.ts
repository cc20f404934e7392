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
    const possible = own.flatMap((it) => fromSubscription(graph, it, log));
    wanted.set(topic.topicName, possible);
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
      const left = `from ${TopicArn} to ${Endpoint} has left the graph; removed`;
      log("info", `subscription ${subscription ? `${subscription.name} has changed; made anew` : left}`);
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
  const { name, topicArn, protocol, endpoint, filterPolicy, filterPolicyScope } = subscription;
  if (protocol !== "sqs") {
    throw new Error(`Subscription ${name} has protocol ${protocol}; the local system delivers to sqs only.`);
  }
  const source = { service: "sns.amazonaws.com", arn: topicArn };
  const deadLetterArn = checkDeadLetters(graph, name, subscription.deadLetterArn, source, log);
  const why = refusal(graph, endpoint, source);
  const queueArn = why === undefined ? endpoint : deadLetterArn;
  if (why !== undefined) {
    const instead = queueArn === undefined ? "is left out" : "goes to its dead-letter queue";
    log("error", `AWS would not deliver: subscription ${name} ${instead}, because ${why}`);
  }
  if (queueArn === undefined) return [];
  const attributes: Record<string, string> = {};
  if (subscription.rawMessageDelivery) attributes.RawMessageDelivery = "true";
  if (filterPolicy) {
    attributes.FilterPolicy = JSON.stringify(filterPolicy);
    attributes.FilterPolicyScope = filterPolicyScope ?? "MessageAttributes";
  }
  if (deadLetterArn) attributes.RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetterArn });
  return [{ name, queueArn, attributes }];
}
