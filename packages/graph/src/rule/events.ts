import type { Graph, GraphResource } from "../graph.ts";
import { maySend, permissionsOf } from "../reach/access.ts";
import { at, aws, byArn, json, list, ofType } from "../resource.ts";
import { each, type Rule } from "./rule.ts";

const policies = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html";

export const eventRules: Rule[] = [
  each(aws.rule, {
    name: "events.pattern",
    says: "A rule's pattern is JSON of at most 2048 characters whose leaves are lists.",
    page: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html",
    fault({ inputs }) {
      if (inputs.eventPattern === undefined) {
        return inputs.scheduleExpression === undefined && "It has neither a pattern nor a schedule. Give it one.";
      }
      const pattern = json(inputs.eventPattern);
      if (!pattern || Object.keys(pattern).length === 0)
        return "eventPattern is no JSON object with a field. Write one.";
      const { length } = String(inputs.eventPattern);
      if (length > 2048) return `eventPattern has ${length} characters of 2048. Make two rules of it.`;
      const wrong = leafThatIsNoList(pattern, "");
      return wrong !== undefined && `eventPattern: ${wrong} must be a list with at least one value.`;
    },
  }),
  each(aws.rule, {
    name: "events.targets",
    says: "A rule has one to five targets.",
    page: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
    fault(rule, graph) {
      const count = ofType(graph, aws.target).filter((target) => ruleOf(graph, target) === rule).length;
      if (count >= 1 && count <= 5) return undefined;
      return `It has ${count} targets. ${count ? "Make a second rule" : "Give it one, or it does nothing"}.`;
    },
  }),
  each(aws.target, {
    name: "events.queue-policy",
    says: "A queue that is a target lets EventBridge send for that rule.",
    page: policies,
    fault(resource, graph) {
      const queue = byArn(graph, aws.queue, resource.inputs.arn);
      if (!queue || letsIn(graph, queue, resource)) return undefined;
      return `${queue.name} does not let events.amazonaws.com send for this rule. Give it a policy that does.`;
    },
  }),
  each(aws.target, {
    name: "events.dead-letter-policy",
    says: "The dead-letter queue of a target is there, is a standard queue and lets EventBridge send.",
    page: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
    fault(resource, graph) {
      const arn = at(resource, "deadLetterConfig.arn");
      if (arn === undefined) return undefined;
      const queue = byArn(graph, aws.queue, arn);
      if (!queue) return `deadLetterConfig names ${arn}, which is no queue of this app. Give the ARN of one.`;
      if (queue.inputs.fifoQueue === true) return `${queue.name} is a FIFO queue. Give a standard one.`;
      if (letsIn(graph, queue, resource)) return undefined;
      return `${queue.name} does not let events.amazonaws.com send for this rule: what cannot be delivered is lost. Give it a policy that does.`;
    },
  }),
  each(aws.target, {
    name: "events.function-permission",
    says: "A function that is a target lets EventBridge invoke it.",
    page: policies,
    fault({ inputs }, graph) {
      const fn = byArn(graph, aws.function, inputs.arn);
      if (!fn || permissionsOf(graph, fn, "events.amazonaws.com").length > 0) return undefined;
      return `${fn.name} has no permission for events.amazonaws.com. Give it one.`;
    },
  }),
];

function ruleOf(graph: Graph, { inputs }: GraphResource): GraphResource | undefined {
  return ofType(graph, aws.rule).find(
    (other) =>
      [other.inputs.name, other.outputs.name].includes(inputs.rule) &&
      other.inputs.eventBusName === inputs.eventBusName,
  );
}

function letsIn(graph: Graph, queue: GraphResource, of: GraphResource): boolean {
  return maySend(graph, queue, "events.amazonaws.com", String(ruleOf(graph, of)?.outputs.arn));
}

function leafThatIsNoList(of: Record<string, unknown>, path: string): string | undefined {
  for (const [key, value] of Object.entries(of)) {
    const at = path ? `${path}.${key}` : key;
    if (list(value).length > 0) continue;
    const inner = typeof value === "object" ? json(value) : undefined;
    const wrong = inner ? leafThatIsNoList(inner, at) : at;
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
