import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { ListTopicsCommand, PublishCommand } from "@aws-sdk/client-sns";
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually, type Services, startServices } from "../../testing/services.ts";
import { arn, fixtureGraph, fixtureQueue, letIn } from "../../testing/shop.ts";

let dataDir: string;
let running: Services | undefined;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "emulators-"));
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await rm(dataDir, { recursive: true });
});

/** Stops what ran and starts with the same folder and, if given, another graph. */
async function restart(graph = fixtureGraph()): Promise<Services> {
  await running?.stop();
  running = undefined;
  running = await startServices(graph, { dataDir });
  return running;
}

const publish = ({ clients }: Services) =>
  clients("operator").sns.send(
    new PublishCommand({
      TopicArn: arn("sns", "shop-orders"),
      Message: "{}",
      MessageAttributes: { size: { DataType: "String", StringValue: "large" } },
    }),
  );
const ready = ({ emulators }: Services, queue: string) => emulators.inspectQueue(queue)?.messages.ready.length;

describe("the resources of a graph", () => {
  it("are those of the graph, with AWS's ARNs", async () => {
    const system = await restart();
    const { sqs, dynamo } = system.clients("operator");
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: system.graph.queues[0]?.url, AttributeNames: ["All"] }),
    );
    expect(Attributes).toMatchObject({
      QueueArn: arn("sqs", "shop-work"),
      VisibilityTimeout: "1",
      MessageRetentionPeriod: "345600",
    });
    expect(JSON.parse(Attributes?.RedrivePolicy ?? "")).toEqual({
      deadLetterTargetArn: arn("sqs", "shop-work-dlq"),
      maxReceiveCount: 2,
    });
    expect(JSON.parse(Attributes?.Policy ?? "").Statement[0].Condition).toEqual({
      ArnEquals: { "aws:SourceArn": [arn("sns", "shop-orders")] },
    });
    const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: "shop-Orders" }));
    expect(Table?.GlobalSecondaryIndexes).toMatchObject([
      { IndexName: "byState", Projection: { ProjectionType: "ALL" } },
    ]);
  });

  it("change nothing when made again", async () => {
    await restart();
    const system = await restart();
    expect(system.logs).toEqual([]);
  });

  it("keep items and messages over a restart; what was in flight is free again", async () => {
    const first = await restart();
    const QueueUrl = first.graph.queues[1]?.url;
    const { sqs, dynamo } = first.clients("operator");
    await dynamo.send(new PutItemCommand({ TableName: "shop-Orders", Item: { pk: { S: "a" }, sk: { S: "1" } } }));
    for (const MessageBody of ["taken", "returned", "waiting"])
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    const receive = new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 600 });
    await sqs.send(receive);
    const returned = await sqs.send(receive);
    await sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl,
        ReceiptHandle: returned.Messages?.[0]?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    expect(ready(first, "shop-work-dlq")).toBe(2);

    const second = await restart();
    const queue = second.emulators.inspectQueue("shop-work-dlq")?.messages;
    expect(queue?.inflight).toEqual([]);
    expect(queue?.ready.map(({ body, approximateReceiveCount }) => [body, approximateReceiveCount]).sort()).toEqual([
      ["returned", 1],
      ["taken", 1],
      ["waiting", 0],
    ]);
    const key = { TableName: "shop-Orders", Key: { pk: { S: "a" }, sk: { S: "1" } } };
    expect((await second.clients("operator").dynamo.send(new GetItemCommand(key))).Item).toBeDefined();
    await publish(second);
    expect(ready(second, "shop-work")).toBe(1);
  });

  it("follow the graph: attributes, filters and indexes change, and items stay", async () => {
    const first = await restart();
    const items = Array.from({ length: 60 }, (_, n) => ({ pk: { S: "a" }, sk: { S: String(n) }, state: { S: "new" } }));
    for (const Item of items)
      await first.clients("operator").dynamo.send(new PutItemCommand({ TableName: "shop-Orders", Item }));
    const graph = fixtureGraph();
    const [work] = graph.queues;
    const [subscription] = graph.subscriptions;
    const [table] = graph.tables;
    if (!work || !subscription || !table) throw new Error("the fixture has changed");
    work.visibilityTimeoutSeconds = 7;
    delete work.redrive;
    subscription.filterPolicy = { size: ["small"] };
    table.globalIndexes = [{ name: "bySk", hashKey: "sk", projectionType: "KEYS_ONLY" }];
    const system = await restart(graph);
    const { sqs, dynamo } = system.clients("operator");
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: work.url, AttributeNames: ["All"] }),
    );
    expect(Attributes).toMatchObject({ VisibilityTimeout: "7" });
    expect(Attributes?.RedrivePolicy).toBeUndefined();
    await publish(system);
    expect(ready(system, "shop-work")).toBe(0);
    const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: "shop-Orders" }));
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(["bySk"]);
    const found = await dynamo.send(new ScanCommand({ TableName: "shop-Orders" }));
    expect(found.Items).toHaveLength(60);
    expect((await dynamo.send(new ScanCommand({ TableName: "shop-Orders", IndexName: "bySk" }))).Count).toBe(60);
    expect((await dynamo.send(new ListTablesCommand({}))).TableNames).toEqual(["shop-Orders"]);
  });

  it("come back whole when building a table again was cut off", async () => {
    const first = await restart();
    const { dynamo } = first.clients("operator");
    const key = { AttributeName: "pk", KeyType: "HASH" } as const;
    const range = { AttributeName: "sk", KeyType: "RANGE" } as const;
    await dynamo.send(
      new CreateTableCommand({
        TableName: "shop-Orders.copy",
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [key, range],
        AttributeDefinitions: [
          { AttributeName: "pk", AttributeType: "S" },
          { AttributeName: "sk", AttributeType: "S" },
        ],
      }),
    );
    const status = async (TableName: string) =>
      (await dynamo.send(new DescribeTableCommand({ TableName })).catch(() => undefined))?.Table?.TableStatus ?? "GONE";
    await eventually(async () => (await status("shop-Orders.copy")) === "ACTIVE");
    await dynamo.send(new PutItemCommand({ TableName: "shop-Orders.copy", Item: { pk: { S: "a" }, sk: { S: "1" } } }));
    await dynamo.send(new DeleteTableCommand({ TableName: "shop-Orders" }));
    await eventually(async () => (await status("shop-Orders")) === "GONE");
    const second = await restart();
    const found = await second.clients("operator").dynamo.send(new ScanCommand({ TableName: "shop-Orders" }));
    expect(found.Items).toEqual([{ pk: { S: "a" }, sk: { S: "1" } }]);
    expect((await second.clients("operator").dynamo.send(new ListTablesCommand({}))).TableNames).toEqual([
      "shop-Orders",
    ]);
  });

  it("lose subscriptions and rules that have left the graph, but no queue and no table", async () => {
    const first = await restart();
    await publish(first);
    const graph = fixtureGraph();
    graph.subscriptions = [];
    graph.rules = [];
    graph.queues = graph.queues.filter(({ name }) => name !== "work");
    graph.tables = [];
    const system = await restart(graph);
    await publish(system);
    await system.clients("operator").events.send(
      new PutEventsCommand({
        Entries: [{ EventBusName: "shop-bus", Source: "shop", DetailType: "order.x", Detail: '{"state":"shipped"}' }],
      }),
    );
    expect([ready(system, "shop-work"), ready(system, "shop-shipped")]).toEqual([1, 0]);
    const { Topics } = await system.clients("operator").sns.send(new ListTopicsCommand({}));
    expect(Topics).toEqual([{ TopicArn: arn("sns", "shop-orders") }]);
    expect(system.logs).toEqual(
      expect.arrayContaining([
        "queue shop-work is no longer in the graph; it is kept with its messages",
        "table shop-Orders is no longer in the graph; it is kept with its data",
      ]),
    );
  });

  it("refuse a table whose keys have changed: AWS would replace it", async () => {
    await restart();
    const graph = fixtureGraph();
    for (const table of graph.tables) delete table.rangeKey;
    await expect(restart(graph)).rejects.toThrow(/Table Orders has other keys than before/);
  });
});

describe("a queue's policy", () => {
  it.each([
    ["lets nobody in", []],
    ["lets in another topic", [letIn("work", "sns.amazonaws.com", arn("sns", "other"))]],
    ["lets in another service", [letIn("work", "events.amazonaws.com", arn("sns", "shop-orders"))]],
    ["lets in, to another queue", [letIn("shipped", "sns.amazonaws.com", arn("sns", "shop-orders"))]],
  ])("that %s keeps a topic from delivering, which is logged", async (_, policy) => {
    const graph = fixtureGraph();
    if (graph.queues[0]) graph.queues[0].policy = policy;
    const system = await restart(graph);
    await publish(system);
    expect(ready(system, "shop-work")).toBe(0);
    expect(system.logs.join("\n")).toMatch(
      /AWS would not deliver: subscription ordersToWork is left out.*policy of queue work/,
    );
  });

  it("that does not let a rule in keeps its events out", async () => {
    const graph = fixtureGraph();
    if (graph.queues[2])
      graph.queues[2].policy = [
        letIn("shipped", "events.amazonaws.com", "arn:aws:events:us-east-1:123456789012:rule/other"),
      ];
    const system = await restart(graph);
    expect(system.logs.join("\n")).toMatch(/AWS would not deliver: a target of rule shipped is left out/);
  });

  it("that does not let a topic send its dead letters is named", async () => {
    const graph = fixtureGraph();
    graph.queues.push(fixtureQueue("lost"));
    if (graph.subscriptions[0]) graph.subscriptions[0].deadLetterArn = arn("sqs", "shop-lost");
    const system = await restart(graph);
    expect(system.logs.join("\n")).toMatch(/AWS would lose the dead letters of ordersToWork/);
    await publish(system);
    expect(ready(system, "shop-work")).toBe(1);
  });
});
