import type { Graph } from "@appointments/graph/graph";
import { beforeAll, describe, expect, test } from "vitest";
import { consumers, graphOf, ofType, only, queueByArn, some } from "./stage.ts";

describe("messages in the production graph", () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await graphOf("production");
  });

  test("every queue is consumed or is the dead-letter queue of one that is", () => {
    const known = consumers(graph).flatMap(({ queue, dlq }) => [queue.name, dlq.name]);
    expect(known.sort()).toEqual(graph.queues.map(({ name }) => name).sort());
  });

  test("every dead-letter queue keeps messages for 14 days and has room for a cause", () => {
    for (const { queue, dlq } of consumers(graph)) {
      expect(queue.redrive?.maxReceiveCount, queue.name).toBeGreaterThanOrEqual(5);
      expect(dlq.name).toBe(`${queue.name}_DLQ`);
      expect(dlq.retentionSeconds, dlq.name).toBe(14 * 24 * 60 * 60);
      // A message as large as can be has room for its cause there.
      expect(dlq.maxMessageBytes, dlq.name).toBeGreaterThan(queue.maxMessageBytes + 10_000);
    }
  });

  test("every queue accepts messages from one service, for one source ARN of this app", () => {
    const sources = new Set([...graph.topics.map((topic) => topic.arn), ...graph.rules.map((rule) => rule.arn)]);
    for (const queue of graph.queues) {
      const allowed = queue.policy.filter(({ effect }) => effect === "Allow");
      const statement = only(allowed, `statement on ${queue.name}`);
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

  /** A source may send to the queue and, or what cannot be delivered is lost without a word, to its dead-letter queue. */
  function expectDelivery(service: string, sourceArn: string, queueArn: string, deadLetterArn: string | undefined) {
    const [queue, dlq] = [queueByArn(graph, queueArn), queueByArn(graph, deadLetterArn)];
    expect(dlq.arn).toBe(queue.redrive?.deadLetterArn);
    for (const { name, policy } of [queue, dlq]) {
      expect(policy[0]?.principals?.[0]?.identifiers, name).toEqual([service]);
      expect(policy[0]?.conditions?.ArnEquals?.["aws:SourceArn"], name).toEqual([sourceArn]);
    }
  }

  const toQueues = () => some(graph.subscriptions.filter(({ protocol }) => protocol === "sqs"));

  test("every subscription delivers the message as it is and keeps what it cannot deliver", () => {
    for (const subscription of toQueues()) {
      expect(subscription.rawMessageDelivery, subscription.name).toBe(true);
      expect(subscription.filterPolicyScope, subscription.name).toBe("MessageAttributes");
      expectDelivery("sns.amazonaws.com", subscription.topicArn, subscription.endpoint, subscription.deadLetterArn);
    }
  });

  test("every country's consumer gets the requests for that country and for no other", () => {
    for (const { fn, queue } of consumers(graph).filter(({ fn }) => fn.environment.COUNTRY)) {
      const filters = toQueues().filter(({ endpoint }) => endpoint === queue.arn);
      expect(
        filters.map(({ filterPolicy }) => filterPolicy),
        fn.name,
      ).toEqual([{ countryISO: [fn.environment.COUNTRY] }]);
    }
  });

  test("every target of a rule keeps what it cannot deliver, and EventBridge retries for a day", () => {
    for (const rule of some(graph.rules)) {
      expect(rule.busName, rule.name).toBe(only(graph.buses, "bus").busName);
      for (const pattern of [rule.pattern.source, rule.pattern["detail-type"]])
        expect(pattern, rule.name).not.toEqual([]);
      for (const target of some(rule.targets)) {
        expect(target.retry, rule.name).toEqual({ maximumEventAgeSeconds: 86_400, maximumAttempts: 185 });
        expectDelivery("events.amazonaws.com", rule.arn, target.arn, target.deadLetterArn);
      }
    }
  });

  test("nothing is subscribed to a queue before the queue's policies exist", () => {
    const deliveries = [
      ...ofType(graph, "aws:cloudwatch/eventTarget:EventTarget").map((target) => ({
        ...target,
        arn: target.inputs.arn,
      })),
      ...ofType(graph, "aws:sns/topicSubscription:TopicSubscription")
        .filter(({ inputs }) => inputs.protocol === "sqs")
        .map((subscription) => ({ ...subscription, arn: subscription.inputs.endpoint })),
    ];
    for (const { name, options, arn } of some(deliveries)) {
      const queue = queueByArn(graph, String(arn));
      const urls = [queue.url, queueByArn(graph, queue.redrive?.deadLetterArn).url];
      const policies = ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").filter(({ inputs }) =>
        urls.includes(String(inputs.queueUrl)),
      );
      expect(policies, name).toHaveLength(2);
      for (const { urn } of policies) expect(options.dependsOn, name).toContain(urn);
    }
  });

  test("every consumer reports each message on its own and has six timeouts before a message comes back", () => {
    for (const mapping of some(graph.mappings)) {
      const { fn, queue } = only(
        consumers(graph).filter((each) => each.queue.arn === mapping.queueArn),
        "consumer",
      );
      expect(mapping.partialResponses, fn.name).toBe(true);
      expect(mapping.maximumConcurrency, fn.name).toBeGreaterThanOrEqual(2);
      expect(queue.visibilityTimeoutSeconds, fn.name).toBe(6 * fn.timeoutSeconds);
      if (mapping.batchSize > 10) expect(mapping.windowSeconds, fn.name).toBeGreaterThanOrEqual(1);
    }
  });

  test("every consumer knows its queue and how often a message is tried", () => {
    for (const { fn, queue } of consumers(graph)) {
      expect(fn.environment.QUEUE, fn.name).toBe(queue.name);
      expect(fn.environment.MAX_RECEIVE_COUNT, fn.name).toBe(String(queue.redrive?.maxReceiveCount));
    }
  });

  test("what stays pending is looked for every minute", () => {
    const reconcile = graph.functions.find(({ name }) => name === "reconcile");
    const schedule = only(
      graph.schedules.filter(({ functionArn }) => functionArn === reconcile?.arn),
      "schedule of reconcile",
    );
    expect([schedule.expression, schedule.enabled]).toEqual(["rate(1 minute)", true]);
  });
});
