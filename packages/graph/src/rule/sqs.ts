import { queuePolicies, statementsOf } from "../reach/access.ts";
import { at, each, finding, json, ofType, type Rule, text } from "./rule.ts";

const queue = "aws:sqs/queue:Queue";
const deadLetters =
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html";

/** The evaluation itself refuses what breaks it, by this name: with two policies nobody can say who may send. */
export const onePolicy = "sqs.one-policy";

export const sqsRules: Rule[] = [
  {
    name: onePolicy,
    says: "A queue has at most one policy: the one applied last replaces the others.",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
    check: (graph) => {
      const policies = ofType(graph, "aws:sqs/queuePolicy:QueuePolicy");
      return [...Map.groupBy(policies, ({ inputs }) => inputs.queueUrl).values()].flatMap(([first, ...others]) =>
        others.map((other) =>
          finding(other, `${first?.name} is a policy of the same queue. Put all statements into one of them.`),
        ),
      );
    },
  },
  each(
    queue,
    { name: "sqs.dead-letter-queue", says: "A queue's dead-letter queue is there.", page: deadLetters },
    (resource, graph) => {
      const policy = at(resource, "redrivePolicy");
      if (policy === undefined) return undefined;
      const arn = json(policy)?.deadLetterTargetArn;
      if (typeof arn !== "string") return "redrivePolicy names no deadLetterTargetArn. Give the ARN of a queue.";
      // One in another account or region is not this app's to know, and AWS takes none.
      return ofType(graph, queue).some(({ outputs }) => outputs.arn === arn)
        ? undefined
        : `redrivePolicy names ${arn}, which is no queue of this app. Give the ARN of one.`;
    },
  ),
  each(
    queue,
    {
      name: "sqs.dead-letter-kind",
      says: "The dead-letter queue of a FIFO queue is a FIFO queue, that of a standard queue a standard one.",
      page: deadLetters,
    },
    (resource, graph) => {
      const arn = json(at(resource, "redrivePolicy"))?.deadLetterTargetArn;
      const target = ofType(graph, queue).find(({ outputs }) => outputs.arn === arn);
      if (!target || (target.inputs.fifoQueue === true) === (resource.inputs.fifoQueue === true)) return undefined;
      return `${target.name} is ${target.inputs.fifoQueue === true ? "a FIFO" : "a standard"} queue and this one is not. Make both alike.`;
    },
  ),
  each(
    queue,
    {
      name: "sqs.dead-letter-retention",
      says: "A dead-letter queue keeps messages longer than the queue: their age counts on from the first.",
      page: deadLetters,
    },
    (resource, graph) => {
      const arn = json(at(resource, "redrivePolicy"))?.deadLetterTargetArn;
      const target = ofType(graph, queue).find(({ outputs }) => outputs.arn === arn);
      if (!target) return undefined;
      const [kept, after] = [resource, target].map((each) => Number(each.inputs.messageRetentionSeconds ?? 345_600));
      return Number(after) > Number(kept)
        ? undefined
        : `${target.name} keeps messages ${after} seconds, this queue ${kept}: a dead letter may be gone at once. Keep it longer.`;
    },
  ),
  each(
    queue,
    {
      name: "sqs.fifo-name",
      says: "A FIFO queue's name ends in .fifo, and no other's.",
      page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    },
    (resource) => {
      const name = text(resource.inputs.name);
      if (name === undefined || name.endsWith(".fifo") === (resource.inputs.fifoQueue === true)) return undefined;
      return `name is ${name} and fifoQueue ${resource.inputs.fifoQueue === true}. Make them agree.`;
    },
  ),
  each(
    queue,
    {
      name: "sqs.policy-resource",
      says: "A queue's policy speaks of that queue.",
      page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html",
    },
    (resource, graph) => {
      const foreign = queuePolicies(graph, resource)
        .flatMap(({ resources }) => resources)
        .filter((arn) => arn !== "*" && arn !== resource.outputs.arn);
      return foreign.length === 0 ? undefined : `Its policy speaks of ${foreign.join(", ")}. Name the queue itself.`;
    },
  ),
  each(
    "aws:sqs/queuePolicy:QueuePolicy",
    {
      name: "sqs.policy",
      says: "A queue's policy is a policy, of 2012-10-17: with another version creating it does not end.",
      page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    },
    (resource) => {
      const policy = json(resource.inputs.policy);
      if (!policy || statementsOf(policy).length === 0) return "policy holds no statement that can be read. Write one.";
      return policy.Version === "2012-10-17"
        ? undefined
        : `Version is ${policy.Version ?? "missing"}. Set it to 2012-10-17.`;
    },
  ),
];
