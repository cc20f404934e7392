import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { PublishCommand } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, GetQueueUrlCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it, test } from "vitest";
import { startGateway } from "../gateway/gateway.ts";
import { clientsAt, credentialsOf } from "../testing/services.ts";
import { arn, fixtureGraph } from "../testing/shop.ts";
import { checkEndpointUrl, describeGiven, endpointOf, type GivenEndpoints, startEmulators } from "./emulators.ts";
import { createResources } from "./resources/resources.ts";

const graph = fixtureGraph();
const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Emulators that somebody else runs, in their own account. */
async function elsewhere(account = "000000000000") {
  const emulators = await startEmulators({ account, region: graph.region });
  cleanups.push(emulators.stop);
  return emulators;
}

async function startWith(given: GivenEndpoints) {
  const { account, region } = graph;
  const emulators = await startEmulators({ account, region, given });
  cleanups.push(emulators.stop);
  return { emulators, naming: await createResources(graph, emulators, () => {}) };
}

describe("an endpoint that is given", () => {
  it("serves the table, while the rest stays embedded", async () => {
    const other = await elsewhere();
    await startWith({ dynamodb: other.dynamoUrl });
    const { dynamo } = clientsAt(other.dynamoUrl, cleanups);
    await dynamo.send(new PutItemCommand({ TableName: "shop-Orders", Item: { pk: { S: "1" }, sk: { S: "1" } } }));
    expect((await dynamo.send(new ScanCommand({ TableName: "shop-Orders" }))).Count).toBe(1);
    expect(other.inspectQueue("shop-work")).toBeUndefined();
  });

  it("begins anew only when asked to", async () => {
    const other = await elsewhere();
    const { emulators } = await startWith({ dynamodb: other.dynamoUrl });
    const { dynamo } = clientsAt(other.dynamoUrl, cleanups);
    const count = async () => (await dynamo.send(new ScanCommand({ TableName: "shop-Orders" }))).Count;
    await dynamo.send(new PutItemCommand({ TableName: "shop-Orders", Item: { pk: { S: "1" }, sk: { S: "1" } } }));
    await createResources(graph, emulators, () => {});
    expect(await count()).toBe(1);
    await createResources(graph, emulators, () => {}, { fresh: true });
    expect(await count()).toBe(0);
  });

  it("is named when it does not answer", async () => {
    const closed = "http://127.0.0.1:9";
    await expect(startWith({ all: closed })).rejects.toThrow(
      `The endpoint ${closed} does not answer when asked for SQS (ECONNREFUSED)`,
    );
    await expect(startWith({ dynamodb: closed })).rejects.toThrow(`${closed} does not answer when asked for DynamoDB`);
  });

  it("is named, with the service, when it lacks one; nothing is made then", async () => {
    const other = await elsewhere();
    await expect(startWith({ all: other.sqsSnsUrl, dynamodb: other.dynamoUrl })).rejects.toThrow(
      `The endpoint ${endpointOf(other.sqsSnsUrl, "").url} does not serve EventBridge: ListEventBuses was answered with `,
    );
    expect(other.inspectQueue("shop-work")).toBeUndefined();
  });

  it("is named when it is no AWS endpoint at all", async () => {
    const server = createServer((_, response) => response.writeHead(404).end("<h1>Nothing here</h1>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(startWith({ all: url })).rejects.toThrow(`The endpoint ${url} does not serve SQS`);
  });

  it("has its own account behind the gateway, which shows the graph's", async () => {
    const other = await elsewhere("000000000000");
    const naming = await createResources(graph, other, () => {});
    expect(naming).toMatchObject({ account: "000000000000", region: graph.region });
    const gateway = await startGateway({ graph, endpoints: other, naming, credentialsOf, log: () => {} });
    cleanups.push(gateway.stop);
    const { sqs, sns } = clientsAt(gateway.url, cleanups, credentialsOf("operator"));
    const TopicArn = arn("sns", "shop-orders");
    const size = { DataType: "String", StringValue: "large" };
    await sns.send(new PublishCommand({ TopicArn, Message: `for ${TopicArn}`, MessageAttributes: { size } }));
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "shop-work" }));
    expect(QueueUrl).toBe(`${gateway.url}/${graph.account}/shop-work`);
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    expect(Attributes?.QueueArn).toBe(arn("sqs", "shop-work"));
    expect(Attributes?.RedrivePolicy).toContain(arn("sqs", "shop-work-dlq"));
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages?.map(({ Body }) => Body)).toEqual([`for ${TopicArn}`]);
  });
});

test("credentials are taken out of a URL; without any, the key is the account", () => {
  expect(endpointOf("http://key:s%2Fcret@localhost:4566/", "123456789012")).toEqual({
    url: "http://localhost:4566",
    credentials: { accessKeyId: "key", secretAccessKey: "s/cret" },
  });
  expect(endpointOf("https://host/aws", "123456789012")).toEqual({
    url: "https://host/aws",
    credentials: { accessKeyId: "123456789012", secretAccessKey: "local" },
  });
  expect(describeGiven({ all: "http://key:secret@a:1", dynamodb: "http://b:2" })).toEqual([
    "at http://a:1",
    "DynamoDB at http://b:2",
  ]);
});

test.each(["localhost:4566", "ftp://host", "http://host/?a=1", ""])("%j is no endpoint", (text) => {
  expect(() => checkEndpointUrl("--aws", text)).toThrow("--aws takes the URL of an AWS-compatible endpoint");
});
