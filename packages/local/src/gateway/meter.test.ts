import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { PublishCommand } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Services, startServices } from "../testing/services.ts";
import { arn, fixtureGraph } from "../testing/shop.ts";
import type { MeterRow } from "./meter.ts";

let system: Services;
beforeAll(async () => {
  system = await startServices(fixtureGraph());
});
afterAll(() => system.stop());
beforeEach(() => post("meter/reset"));

const post = (path: string) =>
  fetch(`${system.gateway.url}/_local/${path}`, { method: "POST", headers: { "content-type": "application/json" } });

async function row(name: string, action: string): Promise<MeterRow | undefined> {
  const answer = await fetch(`${system.gateway.url}/_local/meter`);
  const { requests } = (await answer.json()) as { requests: MeterRow[] };
  return requests.find((row) => row.function === name && row.action === action);
}

const kb = (n: number) => "x".repeat(n * 1024);

describe("the meter", () => {
  it("counts requests, errors and denials by function, service and action", async () => {
    const { sqs } = system.clients("producer");
    const QueueUrl = system.graph.queues[0]?.url;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "\u0000" })).catch(() => {});
    await sqs.send(new ReceiveMessageCommand({ QueueUrl })).catch(() => {});
    expect(await row("producer", "SendMessage")).toMatchObject({ service: "sqs", requests: 3, errors: 1, denied: 0 });
    expect(await row("producer", "ReceiveMessage")).toMatchObject({ requests: 1, errors: 1, denied: 1 });
  });

  it("counts capacity units of DynamoDB, and a condition that does not hold as a write", async () => {
    const { dynamo } = system.clients("producer");
    const put = (pk: string, text: string, condition?: string) =>
      dynamo.send(
        new PutItemCommand({
          TableName: "shop-Orders",
          Item: { pk: { S: pk }, sk: { S: "1" }, text: { S: text } },
          ...(condition ? { ConditionExpression: condition } : {}),
        }),
      );
    await put("m", kb(3.5));
    expect(await row("producer", "PutItem")).toMatchObject({ requests: 1, writeUnits: 4 });
    await put("m", "x", "attribute_not_exists(pk)").catch((error) =>
      expect(error.name).toBe("ConditionalCheckFailedException"),
    );
    expect(await row("producer", "PutItem")).toMatchObject({ requests: 2, errors: 1, writeUnits: 5 });
  });

  it("counts what a write costs in an index", async () => {
    const { dynamo } = system.clients("producer");
    const Item = { pk: { S: "i" }, sk: { S: "1" }, state: { S: "open" } };
    await dynamo.send(new PutItemCommand({ TableName: "shop-Orders", Item }));
    expect(await row("producer", "PutItem")).toMatchObject({ requests: 1, writeUnits: 2 });
  });

  it("counts each started 64 KB of what is sent, received, published and put", async () => {
    const { sqs, sns, events } = system.clients("producer");
    const QueueUrl = system.graph.queues[0]?.url;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: kb(65) }));
    await sns.send(new PublishCommand({ TopicArn: arn("sns", "shop-orders"), Message: kb(129) }));
    const entry = { EventBusName: "shop-bus", Source: "shop", DetailType: "order.x" };
    await events.send(
      new PutEventsCommand({
        Entries: [
          { ...entry, Detail: "{}" },
          { ...entry, Detail: JSON.stringify({ text: kb(64) }) },
        ],
      }),
    );
    expect(await row("producer", "SendMessage")).toMatchObject({ requests: 1, chunks: 2 });
    expect(await row("producer", "Publish")).toMatchObject({ requests: 1, chunks: 3 });
    expect(await row("producer", "PutEvents")).toMatchObject({ requests: 1, chunks: 3 });
  });

  it("counts what a topic delivers, and not what its filters keep back", async () => {
    const { sns, sqs } = system.clients("producer");
    for (const StringValue of ["large", "large", "small"]) {
      const MessageAttributes = { size: { DataType: "String", StringValue } };
      await sns.send(new PublishCommand({ TopicArn: arn("sns", "shop-orders"), Message: "{}", MessageAttributes }));
    }
    await sqs.send(new SendMessageCommand({ QueueUrl: system.graph.queues[0]?.url, MessageBody: "not by a topic" }));
    const answer = await fetch(`${system.gateway.url}/_local/meter`);
    expect(await answer.json()).toMatchObject({
      deliveries: [{ topicArn: arn("sns", "shop-orders"), queueName: "shop-work", messages: 2, chunks: 2 }],
    });
  });

  it("keeps the last requests, without their payload", async () => {
    const { sqs } = system.clients("producer");
    await sqs.send(new SendMessageCommand({ QueueUrl: system.graph.queues[0]?.url, MessageBody: "secret" }));
    const text = await (await fetch(`${system.gateway.url}/_local/requests`)).text();
    expect(JSON.parse(text).at(-1)).toMatchObject({
      function: "producer",
      service: "sqs",
      action: "SendMessage",
      resources: [arn("sqs", "shop-work")],
      status: 200,
    });
    expect(text).not.toContain("secret");
  });
});
