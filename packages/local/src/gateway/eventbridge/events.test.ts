import { PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Services, startServices } from "../../testing/services.ts";
import { fixtureGraph } from "../../testing/shop.ts";

let system: Services;
beforeAll(async () => {
  const graph = fixtureGraph();
  graph.functions[0]?.statements.push({ effect: "Allow", actions: ["events:PutEvents"], resources: ["*"] });
  // A second rule with the same target: each delivers.
  const rule = graph.rules[0];
  const queue = graph.queues[2];
  if (!rule || !queue) throw new Error("the fixture has changed");
  const lost = { ...rule, name: "lost", ruleName: "shop-lost", arn: rule.arn.replace("shop-shipped", "shop-lost") };
  graph.rules.push({ ...lost, pattern: { detail: { state: ["lost", "shipped-twice"] } } });
  graph.rules.push({
    ...rule,
    name: "twice",
    ruleName: "shop-twice",
    arn: rule.arn.replace("shop-shipped", "shop-twice"),
    pattern: { detail: { state: ["shipped-twice"] } },
  });
  const [policy] = queue.policy;
  if (!policy) throw new Error("the fixture has changed");
  queue.policy = [{ ...policy, conditions: { ArnLike: { "aws:SourceArn": [rule.arn.replace("shop-shipped", "*")] } } }];
  system = await startServices(graph);
});
afterAll(() => system.stop());

const entry = (more: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  EventBusName: "shop-bus",
  Source: "shop",
  DetailType: "order.changed",
  Detail: JSON.stringify({ state: "shipped" }),
  ...more,
});

async function put(...Entries: PutEventsRequestEntry[]) {
  return system.clients("producer").events.send(new PutEventsCommand({ Entries }));
}

/** What the rule's target got: everything is delivered before PutEvents answers. */
async function delivered(): Promise<Record<string, unknown>[]> {
  const { sqs } = system.clients("operator");
  const QueueUrl = system.graph.queues[2]?.url;
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages.map(({ Body = "" }) => JSON.parse(Body));
}

describe("PutEvents", () => {
  it("puts an event that matches a rule's pattern into its target, in EventBridge's envelope", async () => {
    const answer = await put(entry({ Resources: ["arn:a"], Time: new Date("2026-01-02T03:04:05.678Z") }));
    expect(answer.FailedEntryCount).toBe(0);
    expect(await delivered()).toEqual([
      {
        version: "0",
        id: answer.Entries?.[0]?.EventId,
        "detail-type": "order.changed",
        source: "shop",
        account: "123456789012",
        time: "2026-01-02T03:04:05Z",
        region: "us-east-1",
        resources: ["arn:a"],
        detail: { state: "shipped" },
      },
    ]);
  });

  it.each([
    ["another source", { Source: "shop2" }],
    ["a detail type with another prefix", { DetailType: "invoice.changed" }],
    ["another value in the detail", { Detail: JSON.stringify({ state: "placed" }) }],
    ["a detail without the field", { Detail: "{}" }],
    ["another bus", { EventBusName: "default" }],
  ])("does not deliver %s", async (_, more) => {
    expect((await put(entry(more))).FailedEntryCount).toBe(0);
    expect(await delivered()).toEqual([]);
  });

  it("gives each event an id of its own", async () => {
    const { Entries = [] } = await put(entry(), entry());
    expect(new Set(Entries.map(({ EventId }) => EventId)).size).toBe(2);
    expect((await delivered()).map(({ id }) => id)).toEqual(Entries.map(({ EventId }) => EventId));
  });

  it("takes the bus by its ARN", async () => {
    await put(entry({ EventBusName: "arn:aws:events:us-east-1:123456789012:event-bus/shop-bus" }));
    expect(await delivered()).toHaveLength(1);
  });

  it("delivers once for each rule that matches, also into the same target", async () => {
    const answer = await put(entry({ Detail: JSON.stringify({ state: "shipped-twice" }) }));
    const id = answer.Entries?.[0]?.EventId;
    expect(await delivered()).toMatchObject([{ id }, { id }]);
  });

  it.each([
    [
      "no source",
      { Source: undefined },
      "InvalidArgument",
      "Parameter Source is not valid. Reason: Source is a required argument.",
    ],
    [
      "an empty detail type",
      { DetailType: "" },
      "InvalidArgument",
      "Parameter DetailType is not valid. Reason: DetailType is a required argument.",
    ],
    [
      "no detail",
      { Detail: undefined },
      "InvalidArgument",
      "Parameter Detail is not valid. Reason: Detail is a required argument.",
    ],
    ["a detail that is no JSON", { Detail: "{{}" }, "MalformedDetail", "Detail is malformed."],
    ["a detail that is a list", { Detail: "[]" }, "MalformedDetail", "Detail is malformed."],
    ["a detail that is a string", { Detail: '"x"' }, "MalformedDetail", "Detail is malformed."],
    [
      "a source of AWS's own",
      { Source: "aws.ec2" },
      "NotAuthorizedForSourceException",
      "Not authorized for the source.",
    ],
  ])("fails the entry with %s and delivers the others", async (_, more, ErrorCode, ErrorMessage) => {
    const answer = await put(entry(), { ...entry(), ...more } as PutEventsRequestEntry, entry());
    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ EventId: expect.any(String) }, { ErrorCode, ErrorMessage }, { EventId: expect.any(String) }],
    });
    expect(await delivered()).toHaveLength(2);
  });

  it("accepts an event for a bus that does not exist, and drops it", async () => {
    expect(await put(entry({ EventBusName: "gone" }))).toMatchObject({ FailedEntryCount: 0 });
    expect(await delivered()).toEqual([]);
    expect(system.logs).toContain("an event was sent to bus gone, which does not exist: AWS accepts it and drops it");
  });

  it("refuses more than ten entries, and none", async () => {
    await expect(put(...Array.from({ length: 11 }, () => entry()))).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("less than or equal to 10"),
    });
    await expect(put()).rejects.toMatchObject({ name: "ValidationException" });
    expect(await delivered()).toEqual([]);
  });

  it("refuses more than 1 MB in sum", async () => {
    const half = entry({ Detail: JSON.stringify({ state: "placed", text: "x".repeat(512 * 1024) }) });
    await expect(put(half, half)).rejects.toMatchObject({
      name: "ValidationException",
      message: "Total size of the entries in the request is over the limit.",
    });
  });
});
