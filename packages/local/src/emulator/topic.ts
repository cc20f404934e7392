import type { Graph, GraphRule, GraphSubscription } from "@appointments/graph/graph";
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
import type { Log } from "../gateway/log.ts";
import { checkDeadLetters, openTargets, refusal } from "./delivery.ts";

interface Subscription {
  /** Name for messages to the reader. */
  name: string;
  queueArn: string;
  attributes: Record<string, string>;
}

/**
 * Name of the hidden topic that stands for an EventBridge rule: its subscriptions are the rule's targets, their filter
 * policy is the rule's pattern. One topic per rule, since two rules may have the same target and each delivers.
 */
export function ruleTopicName(rule: Pick<GraphRule, "busName" | "ruleName">): string {
  return `eventbridge-${rule.busName}-${rule.ruleName}`.replace(/[^A-Za-z0-9_-]/g, "_");
}

/**
 * Makes topics and rules with their subscriptions, and removes those that have left the graph. A subscription that
 * AWS would never deliver to, because the queue's policy does not let the source in, is not made.
 */
export async function putTopics(client: SNSClient, graph: Graph, log: Log): Promise<void> {
  const wanted = new Map<string, Subscription[]>();
  for (const topic of graph.topics) {
    const own = graph.subscriptions.filter(({ topicArn }) => topicArn === topic.arn);
    wanted.set(topic.topicName, own.filter((it) => delivers(graph, it, log)).map(fromSubscription));
  }
  for (const rule of graph.rules) wanted.set(ruleTopicName(rule), fromRule(graph, rule, log));

  for (const [name, subscriptions] of wanted) {
    const { TopicArn } = await client.send(new CreateTopicCommand({ Name: name }));
    if (TopicArn === undefined) throw new Error(`Topic ${name} was made, but no ARN came back.`);
    await putSubscriptions(client, TopicArn, subscriptions, log);
  }
  for await (const { Topics = [] } of paginateListTopics({ client }, {})) {
    for (const { TopicArn = "" } of Topics) {
      const name = TopicArn.slice(TopicArn.lastIndexOf(":") + 1);
      if (wanted.has(name)) continue;
      await client.send(new DeleteTopicCommand({ TopicArn }));
      log("info", `topic ${name} has left the graph; removed`);
    }
  }
}

async function putSubscriptions(client: SNSClient, TopicArn: string, wanted: Subscription[], log: Log): Promise<void> {
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

function delivers(graph: Graph, subscription: GraphSubscription, log: Log): boolean {
  if (subscription.protocol !== "sqs") {
    throw new Error(
      `Subscription ${subscription.name} has protocol ${subscription.protocol}; the local system delivers to sqs only.`,
    );
  }
  const source = { service: "sns.amazonaws.com", arn: subscription.topicArn };
  checkDeadLetters(graph, subscription.name, subscription.deadLetterArn, source, log);
  const why = refusal(graph, subscription.endpoint, source);
  if (why === undefined) return true;
  log("error", `AWS would not deliver: subscription ${subscription.name} is left out, because ${why}`);
  return false;
}

function fromSubscription(subscription: GraphSubscription): Subscription {
  const { filterPolicy, filterPolicyScope = "MessageAttributes", deadLetterArn } = subscription;
  return {
    name: subscription.name,
    queueArn: subscription.endpoint,
    attributes: {
      ...(subscription.rawMessageDelivery ? { RawMessageDelivery: "true" } : {}),
      ...(filterPolicy ? { FilterPolicy: JSON.stringify(filterPolicy), FilterPolicyScope: filterPolicyScope } : {}),
      ...redrive(deadLetterArn),
    },
  };
}

function fromRule(graph: Graph, rule: GraphRule, log: Log): Subscription[] {
  return openTargets(graph, rule, log).map(({ arn, deadLetterArn }) => ({
    name: `${rule.name} (rule)`,
    queueArn: arn,
    attributes: {
      RawMessageDelivery: "true",
      FilterPolicy: JSON.stringify(rule.pattern),
      FilterPolicyScope: "MessageBody",
      ...redrive(deadLetterArn),
    },
  }));
}

function redrive(deadLetterArn: string | undefined): Record<string, string> {
  return deadLetterArn === undefined ? {} : { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterArn }) };
}
