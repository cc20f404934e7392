import type { Graph, GraphResource } from "../graph.ts";
import { maySend } from "../reach/access.ts";
import { at, each, finding, json, ofType, type Rule } from "./rule.ts";

const rule = "aws:cloudwatch/eventRule:EventRule";
const target = "aws:cloudwatch/eventTarget:EventTarget";
const quotas = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html";
const policies = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html";

export const eventRules: Rule[] = [
  each(
    rule,
    {
      name: "events.pattern",
      says: "A rule's pattern is JSON of at most 2048 characters whose leaves are lists.",
      page: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html",
    },
    ({ inputs }) => {
      if (inputs.eventPattern === undefined) {
        return inputs.scheduleExpression === undefined
          ? "It has neither a pattern nor a schedule. Give it one."
          : undefined;
      }
      const pattern = json(inputs.eventPattern);
      if (!pattern || Object.keys(pattern).length === 0)
        return "eventPattern is no JSON object with a field. Write one.";
      const { length } = String(inputs.eventPattern);
      if (length > 2048) return `eventPattern has ${length} characters of 2048. Make two rules of it.`;
      const wrong = leafThatIsNoList(pattern, "");
      return wrong === undefined ? undefined : `eventPattern: ${wrong} must be a list with at least one value.`;
    },
  ),
  {
    name: "events.targets",
    says: "A rule has one to five targets.",
    page: quotas,
    check: (graph) =>
      ofType(graph, rule).flatMap((resource) => {
        const count = targetsOf(graph, resource).length;
        return count >= 1 && count <= 5
          ? []
          : [
              finding(
                resource,
                `It has ${count} targets. ${count ? "Make a second rule" : "Give it one, or it does nothing"}.`,
              ),
            ];
      }),
  },
  each(
    target,
    {
      name: "events.queue-policy",
      says: "A queue that is a target lets EventBridge send for that rule.",
      page: policies,
    },
    (resource, graph) => {
      const queue = queueByArn(graph, resource.inputs.arn);
      if (!queue) return undefined;
      return letsIn(graph, queue, resource)
        ? undefined
        : `${queue.name} does not let events.amazonaws.com send for this rule. Give it a policy that does.`;
    },
  ),
  each(
    target,
    {
      name: "events.dead-letter-policy",
      says: "The dead-letter queue of a target is there, is a standard queue and lets EventBridge send.",
      page: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
    },
    (resource, graph) => {
      const arn = at(resource, "deadLetterConfig.arn");
      if (arn === undefined) return undefined;
      const queue = queueByArn(graph, arn);
      if (!queue) return `deadLetterConfig names ${arn}, which is no queue of this app. Give the ARN of one.`;
      if (queue.inputs.fifoQueue === true) return `${queue.name} is a FIFO queue. Give a standard one.`;
      return letsIn(graph, queue, resource)
        ? undefined
        : `${queue.name} does not let events.amazonaws.com send for this rule: what cannot be delivered is lost. Give it a policy that does.`;
    },
  ),
  each(
    target,
    {
      name: "events.function-permission",
      says: "A function that is a target lets EventBridge invoke it.",
      page: policies,
    },
    ({ inputs }, graph) => {
      const fn = ofType(graph, "aws:lambda/function:Function").find(({ outputs }) => outputs.arn === inputs.arn);
      if (!fn) return undefined;
      return ofType(graph, "aws:lambda/permission:Permission").some(
        (permission) =>
          permission.inputs.principal === "events.amazonaws.com" &&
          [fn.inputs.name, fn.outputs.arn].includes(permission.inputs.function),
      )
        ? undefined
        : `${fn.name} has no permission for events.amazonaws.com. Give it one.`;
    },
  ),
];

function queueByArn(graph: Graph, arn: unknown): GraphResource | undefined {
  return ofType(graph, "aws:sqs/queue:Queue").find(({ outputs }) => outputs.arn === arn);
}

function ruleOf(graph: Graph, { inputs }: GraphResource): GraphResource | undefined {
  return ofType(graph, rule).find(
    (other) =>
      [other.inputs.name, other.outputs.name].includes(inputs.rule) &&
      other.inputs.eventBusName === inputs.eventBusName,
  );
}

function targetsOf(graph: Graph, resource: GraphResource): GraphResource[] {
  return ofType(graph, target).filter((item) => ruleOf(graph, item) === resource);
}

function letsIn(graph: Graph, queue: GraphResource, of: GraphResource): boolean {
  return maySend(graph, queue, "events.amazonaws.com", String(ruleOf(graph, of)?.outputs.arn));
}

function leafThatIsNoList(of: Record<string, unknown>, path: string): string | undefined {
  for (const [key, value] of Object.entries(of)) {
    const at = path ? `${path}.${key}` : key;
    if (Array.isArray(value) ? value.length > 0 : false) continue;
    const inner = json(value);
    if (typeof value !== "object" || value === null || Array.isArray(value) || !inner) return at;
    const wrong = leafThatIsNoList(inner, at);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
