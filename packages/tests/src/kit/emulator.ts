import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Table } from "@appointments/core/appointment/table";
import { clientConfig } from "@appointments/core/aws/client";
import type { Graph } from "@appointments/graph/graph";
import { silent } from "@appointments/local/aws/service";
import { startDynalite } from "@appointments/local/endpoint/dynalite/dynalite";
import { startFauxqs } from "@appointments/local/endpoint/fauxqs/fauxqs";
import { putTables } from "@appointments/local/endpoint/resources/table";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/**
 * The graph of the local stage, which the setup of the test run evaluated.
 *
 * @throws Error outside of a test run
 */
export async function testGraph(): Promise<Graph> {
  const file = process.env.TEST_GRAPH;
  if (!file) throw new Error("TEST_GRAPH is not set: run the tests with vitest from the root of the repository");
  return JSON.parse(await readFile(file, "utf8"));
}

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** How a client reaches an emulator on this machine. */
export const reach = (url: string) => ({ ...clientConfig, region: "us-east-1", endpoint: url, credentials });

/** Starts the DynamoDB of `npm start` on a free port, with the table of appointments as the graph has it. */
export async function startTable(): Promise<{ table: Table; stop: () => Promise<void> }> {
  const { tables } = await testGraph();
  const emulator = await startDynalite({});
  const client = new DynamoDBClient(reach(emulator.url));
  await putTables(client, tables, { log: silent, ours: () => true, expiry: false });
  const name = tables.find((table) => table.name === "Appointments")?.tableName;
  if (name === undefined) throw new Error("The graph has no table Appointments.");
  return {
    table: { client: DynamoDBDocumentClient.from(client), name },
    stop: async () => {
      client.destroy();
      await emulator.stop();
    },
  };
}

/** Starts the SQS and SNS of `npm start` on a free port. Queues and subscriptions have the settings of the graph's. */
export async function startMessaging() {
  const { account, region, queues, subscriptions } = await testGraph();
  const [like] = queues.filter(({ redrive }) => redrive !== undefined);
  if (like === undefined) throw new Error("The graph has no queue with a dead-letter queue.");
  const raw = subscriptions.every(({ rawMessageDelivery }) => rawMessageDelivery);
  const { url, inspectQueue, stop } = await startFauxqs({ account, region });
  const sns = new SNS(reach(url));
  const sqs = new SQS(reach(url));

  async function createQueue(QueueName: string): Promise<{ queueUrl: string; queueArn: string }> {
    const Attributes = {
      VisibilityTimeout: String(like?.visibilityTimeoutSeconds),
      MessageRetentionPeriod: String(like?.retentionSeconds),
      MaximumMessageSize: String(like?.maxMessageBytes),
    };
    const { QueueUrl = "" } = await sqs.createQueue({ QueueName, Attributes });
    return { queueUrl: QueueUrl, queueArn: `arn:aws:sqs:${region}:${account}:${QueueName}` };
  }

  return {
    emulator: {
      inspectQueue,
      createQueue,
      deleteQueue: (name: string) => sqs.deleteQueue({ QueueUrl: `${url}/${account}/${name}` }),
      sendMessage: (name: string, MessageBody: string) =>
        sqs.sendMessage({ QueueUrl: `${url}/${account}/${name}`, MessageBody }),
    },
    sns,
    sqs,
    /** A topic with one queue that receives everything, as the graph's subscriptions deliver. */
    topicInto: async (topic: string, queue: string): Promise<{ topicArn: string; queueUrl: string }> => {
      const { TopicArn = "" } = await sns.createTopic({ Name: topic });
      const { queueUrl, queueArn } = await createQueue(queue);
      const Attributes = { RawMessageDelivery: String(raw) };
      await sns.subscribe({ TopicArn, Protocol: "sqs", Endpoint: queueArn, Attributes });
      return { topicArn: TopicArn, queueUrl };
    },
    /** Bodies of the messages in a queue, whether visible or not. */
    bodies: (queue: string): string[] => {
      const { ready = [], delayed = [], inflight = [] } = inspectQueue(queue)?.messages ?? {};
      return [...ready, ...delayed, ...inflight.map(({ message }) => message)].map(({ body }) => body);
    },
    /** Receives one message and hides it for an hour. */
    receive: async (queueUrl: string): Promise<{ body: string; receiptHandle: string }> => {
      const { Messages: [message] = [] } = await sqs.receiveMessage({ QueueUrl: queueUrl, VisibilityTimeout: 3_600 });
      return { body: message?.Body ?? "", receiptHandle: message?.ReceiptHandle ?? "" };
    },
    stop: async () => {
      sns.destroy();
      sqs.destroy();
      await stop();
    },
  };
}

/** Listens on a free port of this machine and answers which. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port; // a server on TCP has an address with a port
}

export async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
