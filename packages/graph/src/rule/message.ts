import type { Graph, GraphResource } from "../graph.ts";
import { maySend, queuePolicies, statementsOf } from "../reach/access.ts";
import { at, aws, byArn, json, ofType, text } from "../resource.ts";
import { each, type Rule, repeated } from "./rule.ts";

const deadLetters =
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html";

/** The evaluation itself refuses what breaks it, by this name: with two policies nobody can say who may send. */
export const onePolicy = "sqs.one-policy";

export const messageRules: Rule[] = [
  {
    name: onePolicy,
    says: "A queue has at most one policy: the one applied last replaces the others.",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
    check: (graph) => {
      const told = (first: string) => `${first} is a policy of the same queue. Put all statements into one of them.`;
      return repeated(ofType(graph, aws.queuePolicy), ({ inputs }) => inputs.queueUrl, told);
    },
  },
  each(aws.queue, {
    name: "sqs.dead-letter-queue",
    says: "A queue's dead-letter queue is there.",
    page: deadLetters,
    fault(resource, graph) {
      const policy = at(resource, "redrivePolicy");
      if (policy === undefined) return undefined;
      const arn = json(policy)?.deadLetterTargetArn;
      if (typeof arn !== "string") return "redrivePolicy names no deadLetterTargetArn. Give the ARN of a queue.";
      // One in another account or region is not this app's to know, and AWS takes none.
      if (byArn(graph, aws.queue, arn)) return undefined;
      return `redrivePolicy names ${arn}, which is no queue of this app. Give the ARN of one.`;
    },
  }),
  each(aws.queue, {
    name: "sqs.dead-letter-kind",
    says: "The dead-letter queue of a FIFO queue is a FIFO queue, that of a standard queue a standard one.",
    page: deadLetters,
    fault(resource, graph) {
      const target = deadLetterQueue(graph, resource);
      if (!target || (target.inputs.fifoQueue === true) === (resource.inputs.fifoQueue === true)) return undefined;
      return `${target.name} is ${target.inputs.fifoQueue === true ? "a FIFO" : "a standard"} queue and this one is not. Make both alike.`;
    },
  }),
  each(aws.queue, {
    name: "sqs.dead-letter-retention",
    says: "A dead-letter queue keeps messages longer than the queue: their age counts on from the first.",
    page: deadLetters,
    fault(resource, graph) {
      const target = deadLetterQueue(graph, resource);
      if (!target) return undefined;
      const [kept, after] = [resource, target].map((each) => Number(each.inputs.messageRetentionSeconds ?? 345_600));
      if (Number(after) > Number(kept)) return undefined;
      return `${target.name} keeps messages ${after} seconds, this queue ${kept}: a dead letter may be gone at once. Keep it longer.`;
    },
  }),
  each(aws.queue, {
    name: "sqs.fifo-name",
    says: "A FIFO queue's name ends in .fifo, and no other's.",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    fault(resource) {
      const name = text(resource.inputs.name);
      if (name === undefined || name.endsWith(".fifo") === (resource.inputs.fifoQueue === true)) return undefined;
      return `name is ${name} and fifoQueue ${resource.inputs.fifoQueue === true}. Make them agree.`;
    },
  }),
  each(aws.queue, {
    name: "sqs.policy-resource",
    says: "A queue's policy speaks of that queue.",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html",
    fault(resource, graph) {
      const foreign = queuePolicies(graph, resource)
        .flatMap(({ resources }) => resources)
        .filter((arn) => arn !== "*" && arn !== resource.outputs.arn);
      return foreign.length !== 0 && `Its policy speaks of ${foreign.join(", ")}. Name the queue itself.`;
    },
  }),
  each(aws.queuePolicy, {
    name: "sqs.policy",
    says: "A queue's policy is a policy, of 2012-10-17: with another version creating it does not end.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    fault(resource) {
      const policy = json(resource.inputs.policy);
      if (!policy || statementsOf(policy).length === 0) return "policy holds no statement that can be read. Write one.";
      return policy.Version !== "2012-10-17" && `Version is ${policy.Version ?? "missing"}. Set it to 2012-10-17.`;
    },
  }),
  each(aws.subscription, {
    name: "sns.queue-policy",
    says: "A queue that is subscribed lets the topic send; without that nothing arrives, and nobody says so.",
    page: "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
    fault({ inputs }, graph) {
      if (inputs.protocol !== "sqs") return undefined;
      const queue = byArn(graph, aws.queue, inputs.endpoint);
      if (!queue) return `endpoint is ${inputs.endpoint}, which is no queue of this app. Give the ARN of one.`;
      if (maySend(graph, queue, "sns.amazonaws.com", String(inputs.topic))) return undefined;
      return `${queue.name} does not let sns.amazonaws.com send for ${inputs.topic}. Give it a policy that does.`;
    },
  }),
  each(aws.subscription, {
    name: "sns.dead-letter-policy",
    says: "The dead-letter queue of a subscription is there and lets the topic send.",
    page: "https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html",
    fault({ inputs }, graph) {
      if (inputs.redrivePolicy === undefined) return undefined;
      const arn = json(inputs.redrivePolicy)?.deadLetterTargetArn;
      const queue = byArn(graph, aws.queue, arn);
      if (!queue)
        return `redrivePolicy names ${arn ?? "no deadLetterTargetArn"}, which is no queue of this app. Give the ARN of one.`;
      if (maySend(graph, queue, "sns.amazonaws.com", String(inputs.topic))) return undefined;
      return `${queue.name} does not let sns.amazonaws.com send for ${inputs.topic}: what cannot be delivered is lost. Give it a policy that does.`;
    },
  }),
  each(aws.subscription, {
    name: "sns.filter-policy",
    says: "A filter policy is JSON of at most five attributes, lists of values, and 150 combinations.",
    page: "https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html",
    fault({ inputs }) {
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
  }),
  each(aws.subscription, {
    name: "sns.fifo",
    says: "A FIFO queue is subscribed to a FIFO topic only.",
    page: "https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html",
    fault({ inputs }, graph) {
      const queue = byArn(graph, aws.queue, inputs.endpoint);
      const topic = byArn(graph, aws.topic, inputs.topic);
      return (
        queue?.inputs.fifoQueue === true &&
        topic &&
        topic.inputs.fifoTopic !== true &&
        `${queue.name} is a FIFO queue and ${topic.name} a standard topic. Make the queue a standard one.`
      );
    },
  }),
];

function deadLetterQueue(graph: Graph, queue: GraphResource): GraphResource | undefined {
  return byArn(graph, aws.queue, at(queue, "redrivePolicy.deadLetterTargetArn"));
}
