import { DeleteItemCommand, GetItemCommand, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { PublishCommand } from "@aws-sdk/client-sns";
import {
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signed } from "../aws/sign.ts";
import { credentialsOf, eventually, type Services, startServices } from "../testing/services.ts";
import { allow, arn, busArn, fixtureGraph, tableArn } from "../testing/shop.ts";
import type { Credentials } from "./caller.ts";

const TopicArn = arn("sns", "shop-orders");
const work = fixtureGraph().queues[0]?.url;
const TableName = "shop-Orders";
const item = (pk: string) => ({ pk: { S: pk }, sk: { S: "1" }, state: { S: `new-${pk}` } });
const event = { EventBusName: "shop-bus", Source: "shop", DetailType: "order.placed", Detail: "{}" };

let system: Services;
beforeAll(async () => {
  system = await startServices(fixtureGraph());
});
afterAll(() => system.stop());

describe("a function whose policy allows it", () => {
  it("reads and writes its table and queries its index", async () => {
    const { dynamo } = system.clients("producer");
    const put = await dynamo.send(new PutItemCommand({ TableName, Item: item("a") }));
    expect(put.ConsumedCapacity).toBeUndefined();
    const got = await dynamo.send(new GetItemCommand({ TableName, Key: { pk: { S: "a" }, sk: { S: "1" } } }));
    expect(got.Item).toEqual(item("a"));
    const query = new QueryCommand({
      TableName,
      IndexName: "byState",
      KeyConditionExpression: "#state = :state",
      ExpressionAttributeNames: { "#state": "state" },
      ExpressionAttributeValues: { ":state": { S: "new-a" } },
      ReturnConsumedCapacity: "TOTAL",
    });
    const found = await dynamo.send(query);
    expect(found.Items).toEqual([item("a")]);
    expect(found.ConsumedCapacity?.CapacityUnits).toBeGreaterThan(0);
  });

  it("publishes to its topic, sends to its queue, puts events on its bus", async () => {
    const { sns, sqs, events } = system.clients("producer");
    await expect(sns.send(new PublishCommand({ TopicArn, Message: "{}" }))).resolves.toHaveProperty("MessageId");
    await expect(sqs.send(new SendMessageCommand({ QueueUrl: work, MessageBody: "x" }))).resolves.toHaveProperty(
      "MessageId",
    );
    await expect(events.send(new PutEventsCommand({ Entries: [event] }))).resolves.toMatchObject({
      FailedEntryCount: 0,
    });
  });
});

describe("a function whose policy does not allow it", () => {
  const user = "arn:aws:sts::123456789012:assumed-role/shop-stranger-role/shop-stranger";
  const message = (action: string, resource: string) =>
    `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ` +
    `because no identity-based policy allows the ${action} action`;

  it("is denied by DynamoDB", async () => {
    const call = system.clients("stranger").dynamo.send(new PutItemCommand({ TableName, Item: item("b") }));
    await expect(call).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: message("dynamodb:PutItem", tableArn),
      $metadata: { httpStatusCode: 400 },
    });
    const { dynamo } = system.clients("operator");
    const got = await dynamo.send(new GetItemCommand({ TableName, Key: { pk: { S: "b" }, sk: { S: "1" } } }));
    expect(got.Item).toBeUndefined();
  });

  it("is denied an action that is not among those allowed on the same table, and the table where only the index is allowed", async () => {
    const { dynamo } = system.clients("producer");
    const remove = dynamo.send(new DeleteItemCommand({ TableName, Key: { pk: { S: "a" }, sk: { S: "1" } } }));
    await expect(remove).rejects.toMatchObject({ name: "AccessDeniedException" });
    const query = dynamo.send(new GetItemCommand({ TableName: "shop-Other", Key: { pk: { S: "a" } } }));
    await expect(query).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("is denied by SQS, for a batch as for a single message", async () => {
    const { sqs } = system.clients("stranger");
    const denied = { name: "AccessDenied", message: message("sqs:sendmessage", arn("sqs", "shop-work")) };
    await expect(sqs.send(new SendMessageCommand({ QueueUrl: work, MessageBody: "x" }))).rejects.toMatchObject(denied);
    const batch = new SendMessageBatchCommand({ QueueUrl: work, Entries: [{ Id: "1", MessageBody: "x" }] });
    await expect(sqs.send(batch)).rejects.toMatchObject(denied);
  });

  it("is denied by SNS", async () => {
    const call = system.clients("stranger").sns.send(new PublishCommand({ TopicArn, Message: "{}" }));
    await expect(call).rejects.toMatchObject({
      name: "AuthorizationErrorException",
      message: message("SNS:Publish", TopicArn),
      $metadata: { httpStatusCode: 403 },
    });
  });

  it("is denied by EventBridge, also when only one of the buses is forbidden", async () => {
    const call = system.clients("stranger").events.send(new PutEventsCommand({ Entries: [event] }));
    await expect(call).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: message("events:PutEvents", busArn),
    });
    const { EventBusName: _, ...toDefault } = event;
    const mixed = system.clients("producer").events.send(new PutEventsCommand({ Entries: [event, toDefault] }));
    await expect(mixed).rejects.toMatchObject({ message: expect.stringContaining("event-bus/default") });
  });

  it("is logged", () => {
    expect(system.logs).toContain(`denied: stranger dynamodb:PutItem on ${tableArn}`);
  });
});

describe("a key that nobody was given", () => {
  it("is refused by each service in its own words", async () => {
    const { dynamo, sqs, sns, events } = system.clients("nobody");
    const key = { TableName, Key: { pk: { S: "a" }, sk: { S: "1" } } };
    await expect(dynamo.send(new GetItemCommand(key))).rejects.toMatchObject({ name: "UnrecognizedClientException" });
    await expect(sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    await expect(sns.send(new PublishCommand({ TopicArn, Message: "x" }))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
    await expect(events.send(new PutEventsCommand({ Entries: [event] }))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
  });

  it("is not needed to ask who one is, but a known one is", async () => {
    const ask = (credentials: Credentials) => call("sts", {}, "Action=GetCallerIdentity", credentials);
    const known = await ask(credentialsOf("stranger"));
    expect(await known.text()).toContain(
      "<Arn>arn:aws:sts::123456789012:assumed-role/shop-stranger-role/shop-stranger</Arn>",
    );
    expect((await ask(credentialsOf("nobody"))).status).toBe(403);
  });
});

/** A call that no SDK makes. */
async function call(service: string, headers: Record<string, string>, body: string, credentials: Credentials) {
  const { url } = system.gateway;
  const request = { service, region: "us-east-1", headers, body };
  return fetch(url, { method: "POST", headers: await signed(request, { url: `${url}/`, credentials }), body });
}

describe("the gateway", () => {
  it("answers queue URLs that lead back to itself", async () => {
    const { sqs } = system.clients("operator");
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "shop-work" }));
    expect(QueueUrl).toBe(`${system.gateway.url}/123456789012/shop-work`);
    const { QueueUrls } = await sqs.send(new ListQueuesCommand({}));
    expect(QueueUrls).toContain(QueueUrl);
    await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }))).resolves.toHaveProperty("MessageId");
  });

  it("names the services it serves to who calls another", async () => {
    const headers = { "x-amz-target": "TrentService.Encrypt" };
    const answer = await call("kms", headers, "{}", credentialsOf("producer"));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      message: expect.stringMatching(/Encrypt of service kms.*It serves DynamoDB, SQS/),
    });
  });

  it("gives up a long poll with its caller: the next message goes to somebody else", async () => {
    const QueueUrl = system.graph.queues[2]?.url;
    const { sqs } = system.clients("operator");
    const hangUp = new AbortController();
    const poll = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, VisibilityTimeout: 600 }), {
      abortSignal: hangUp.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    hangUp.abort();
    await expect(poll).rejects.toMatchObject({ name: "AbortError" });
    await eventually(() =>
      system.gateway.recent().some(({ action, status }) => action === "ReceiveMessage" && status === 0),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "kept" }));
    const message = await eventually(async () => {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
      return Messages?.[0];
    });
    expect(message.Body).toBe("kept");
  });

  it("answers 503 in the service's shape when the service is not there", async () => {
    const other = await startServices(fixtureGraph());
    await other.emulators.stop();
    const { dynamo, sns } = other.clients("producer");
    const key = { TableName, Key: { pk: { S: "a" }, sk: { S: "1" } } };
    await expect(dynamo.send(new GetItemCommand(key))).rejects.toMatchObject({
      name: "ServiceUnavailable",
      $metadata: { httpStatusCode: 503 },
    });
    await expect(sns.send(new PublishCommand({ TopicArn, Message: "x" }))).rejects.toMatchObject({
      name: "ServiceUnavailable",
    });
    await other.stop().catch(() => {});
  });

  it("names the port that is taken", async () => {
    const { startGateway } = await import("./gateway.ts");
    const port = Number(new URL(system.gateway.url).port);
    const second = startGateway({
      graph: system.graph,
      endpoints: system.emulators,
      credentialsOf,
      log: () => {},
      port,
    });
    await expect(second).rejects.toThrow(`Port ${port} for the AWS gateway is taken`);
  });

  it("does not start on a policy that it does not understand, and names it", async () => {
    const graph = fixtureGraph();
    graph.functions[0]?.statements.push({
      ...allow(["dynamodb:GetItem"], ["*"]),
      conditions: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["a"] } },
    });
    const { startGateway } = await import("./gateway.ts");
    const start = startGateway({ graph, endpoints: system.emulators, credentialsOf, log: () => {} });
    await expect(start).rejects.toThrow(/function producer.*ForAllValues:StringEquals/s);
  });
});
