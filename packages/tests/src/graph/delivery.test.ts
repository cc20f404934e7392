import type { Graph } from "@appointments/graph/graph";
import { beforeAll, describe, expect, test } from "vitest";
import { graphOf, isDeadLetterQueue, ofType, only } from "./stage.ts";

describe("messages in the production graph", () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await graphOf("production");
  });
  const byArn = (arn: string) =>
    only(
      graph.queues.filter((queue) => queue.arn === arn),
      `queue ${arn}`,
    );

  test("every queue that is consumed has a dead-letter queue that keeps messages for 14 days", () => {
    const consumed = graph.queues.filter((queue) => !isDeadLetterQueue(queue));
    expect(consumed.map((queue) => queue.name).sort()).toEqual(["SQS_CL", "SQS_CONFIRMATION", "SQS_PE"]);
    for (const queue of consumed) {
      expect(queue.redrive?.maxReceiveCount, queue.name).toBeGreaterThanOrEqual(5);
      const dlq = byArn(queue.redrive?.deadLetterArn ?? "");
      expect(dlq.name).toBe(`${queue.name}_DLQ`);
      expect(dlq.retentionSeconds, dlq.name).toBe(14 * 24 * 60 * 60);
      // A message as large as can be has room for its cause there.
      expect(dlq.maxMessageBytes, dlq.name).toBeGreaterThan(queue.maxMessageBytes + 10_000);
    }
  });

  test("a queue is written to by one service, for one source ARN of this app", () => {
    const sources = new Set([...graph.topics.map((topic) => topic.arn), ...graph.rules.map((rule) => rule.arn)]);
    for (const queue of graph.queues) {
      const statement = only(queue.policy, `statement on ${queue.name}`);
      expect(statement.actions, queue.name).toEqual(["sqs:SendMessage"]);
      expect(statement.resources, queue.name).toEqual([queue.arn]);
      expect(statement.principals?.map((principal) => principal.type)).toEqual(["Service"]);
      expect(statement.principals?.[0]?.identifiers).toHaveLength(1);
      const arns = statement.conditions?.ArnEquals?.["aws:SourceArn"] ?? [];
      expect(sources, queue.name).toContain(only(arns, `source ARN on ${queue.name}`));
    }
  });

  test("a queue has at most one policy resource: two would overwrite each other", () => {
    const urls = ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").map((policy) => policy.inputs.queueUrl);
    expect(new Set(urls).size).toBe(urls.length);
  });

  test("a subscription delivers the message as it is and keeps what it cannot deliver", () => {
    expect(graph.subscriptions.map((subscription) => subscription.filterPolicy)).toEqual([
      { countryISO: ["CL"] },
      { countryISO: ["PE"] },
    ]);
    for (const subscription of graph.subscriptions) {
      expect(subscription.rawMessageDelivery, subscription.name).toBe(true);
      expect(subscription.filterPolicyScope, subscription.name).toBe("MessageAttributes");
      const queue = byArn(subscription.endpoint);
      const dlq = byArn(subscription.deadLetterArn ?? "");
      expect(dlq.name).toBe(`${queue.name}_DLQ`);
      // Without this policy on the dead-letter queue, SNS's redrive fails silently.
      for (const target of [queue, dlq]) {
        expect(target.policy[0]?.principals?.[0]?.identifiers, target.name).toEqual(["sns.amazonaws.com"]);
        expect(target.policy[0]?.conditions?.ArnEquals?.["aws:SourceArn"], target.name).toEqual([
          subscription.topicArn,
        ]);
      }
    }
  });

  test("an event target keeps what it cannot deliver and says how long it tries", () => {
    const rule = only(graph.rules, "rule");
    expect(rule.pattern).toEqual({
      source: ["appointments.pe", "appointments.cl"],
      "detail-type": [
        "appointment.completed.v1",
        "appointment.rejected.v1",
        "appointment.cancelled.v1",
        "appointment.rescheduled.v1",
        "appointment.reschedule_rejected.v1",
      ],
    });
    const target = only(rule.targets, "target");
    expect(target.retry).toEqual({ maximumEventAgeSeconds: 86_400, maximumAttempts: 185 });
    const queue = byArn(target.arn);
    const dlq = byArn(target.deadLetterArn ?? "");
    expect([queue.name, dlq.name]).toEqual(["SQS_CONFIRMATION", "SQS_CONFIRMATION_DLQ"]);
    for (const one of [queue, dlq]) {
      expect(one.policy[0]?.principals?.[0]?.identifiers, one.name).toEqual(["events.amazonaws.com"]);
      expect(one.policy[0]?.conditions?.ArnEquals?.["aws:SourceArn"], one.name).toEqual([rule.arn]);
    }
  });

  test("a consumer answers for each message on its own and has six timeouts before a message comes back", () => {
    expect(graph.mappings).toHaveLength(3);
    for (const mapping of graph.mappings) {
      const consumer = only(
        graph.functions.filter((fn) => fn.arn === mapping.functionArn),
        "consumer",
      );
      expect(mapping.partialResponses, consumer.name).toBe(true);
      expect(mapping.maximumConcurrency, consumer.name).toBeGreaterThanOrEqual(2);
      expect(byArn(mapping.queueArn).visibilityTimeoutSeconds, consumer.name).toBe(6 * consumer.timeoutSeconds);
      if (mapping.batchSize > 10) expect(mapping.windowSeconds, consumer.name).toBeGreaterThanOrEqual(1);
    }
  });

  test("a consumer knows its queue and how often a message is tried", () => {
    for (const mapping of graph.mappings) {
      const consumer = only(
        graph.functions.filter((fn) => fn.arn === mapping.functionArn),
        "consumer",
      );
      const queue = byArn(mapping.queueArn);
      expect(consumer.environment.QUEUE).toBe(queue.name);
      expect(consumer.environment.MAX_RECEIVE_COUNT).toBe(String(queue.redrive?.maxReceiveCount));
    }
  });

  test("what stays pending is looked for every minute", () => {
    const schedule = only(graph.schedules, "schedule");
    const reconcile = only(
      graph.functions.filter((fn) => fn.name === "reconcile"),
      "reconcile",
    );
    expect([schedule.expression, schedule.functionArn, schedule.enabled]).toEqual([
      "rate(1 minute)",
      reconcile.arn,
      true,
    ]);
  });
});
