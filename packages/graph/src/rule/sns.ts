import { maySend } from "../reach/access.ts";
import { each, json, ofType, type Rule } from "./rule.ts";

const subscription = "aws:sns/topicSubscription:TopicSubscription";
const queueType = "aws:sqs/queue:Queue";
const filterPage = "https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html";

export const snsRules: Rule[] = [
  each(
    subscription,
    {
      name: "sns.queue-policy",
      says: "A queue that is subscribed lets the topic send; without that nothing arrives, and nobody says so.",
      page: "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
    },
    ({ inputs }, graph) => {
      if (inputs.protocol !== "sqs") return undefined;
      const queue = ofType(graph, queueType).find(({ outputs }) => outputs.arn === inputs.endpoint);
      if (!queue) return `endpoint is ${inputs.endpoint}, which is no queue of this app. Give the ARN of one.`;
      return maySend(graph, queue, "sns.amazonaws.com", String(inputs.topic))
        ? undefined
        : `${queue.name} does not let sns.amazonaws.com send for ${inputs.topic}. Give it a policy that does.`;
    },
  ),
  each(
    subscription,
    {
      name: "sns.dead-letter-policy",
      says: "The dead-letter queue of a subscription is there and lets the topic send.",
      page: "https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html",
    },
    ({ inputs }, graph) => {
      if (inputs.redrivePolicy === undefined) return undefined;
      const arn = json(inputs.redrivePolicy)?.deadLetterTargetArn;
      const queue = ofType(graph, queueType).find(({ outputs }) => outputs.arn === arn);
      if (!queue)
        return `redrivePolicy names ${arn ?? "no deadLetterTargetArn"}, which is no queue of this app. Give the ARN of one.`;
      return maySend(graph, queue, "sns.amazonaws.com", String(inputs.topic))
        ? undefined
        : `${queue.name} does not let sns.amazonaws.com send for ${inputs.topic}: what cannot be delivered is lost. Give it a policy that does.`;
    },
  ),
  each(
    subscription,
    {
      name: "sns.filter-policy",
      says: "A filter policy is JSON of at most five attributes, lists of values, and 150 combinations.",
      page: filterPage,
    },
    ({ inputs }) => {
      if (inputs.filterPolicy === undefined) return undefined;
      const policy = json(inputs.filterPolicy);
      if (!policy) return 'filterPolicy is no JSON object. Write one, as {"kind":["order"]}.';
      // In a body, keys nest.
      if (inputs.filterPolicyScope === "MessageBody") return undefined;
      const lists = Object.entries(policy);
      const wrong = lists.find(([, values]) => !Array.isArray(values) || values.length === 0);
      if (wrong) return `filterPolicy.${wrong[0]} must be a list with at least one value.`;
      const combinations = lists.reduce((product, [, values]) => product * (values as unknown[]).length, 1);
      return lists.length > 5 || combinations > 150
        ? `filterPolicy has ${lists.length} attributes of 5 and ${combinations} combinations of 150. Make it smaller.`
        : undefined;
    },
  ),
  each(
    subscription,
    {
      name: "sns.fifo",
      says: "A FIFO queue is subscribed to a FIFO topic only.",
      page: "https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html",
    },
    ({ inputs }, graph) => {
      const queue = ofType(graph, queueType).find(({ outputs }) => outputs.arn === inputs.endpoint);
      const topic = ofType(graph, "aws:sns/topic:Topic").find(({ outputs }) => outputs.arn === inputs.topic);
      return queue?.inputs.fifoQueue === true && topic && topic.inputs.fifoTopic !== true
        ? `${queue.name} is a FIFO queue and ${topic.name} a standard topic. Make the queue a standard one.`
        : undefined;
    },
  ),
];
