import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import dynalite from "dynalite";
import { startFauxqs } from "fauxqs";
import { pendingIndex } from "../appointment/item.ts";
import type { Table } from "../appointment/table.ts";
import { clientConfig } from "../aws/client.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** How a client reaches an emulator on this machine. */
export const reach = (port: number) => ({
  ...clientConfig,
  region: "us-east-1",
  endpoint: `http://127.0.0.1:${port}`,
  credentials,
});

/** Starts DynamoDB (dynalite) with the table of appointments, on a free port. */
export async function startTable(): Promise<{ table: Table; stop: () => Promise<void> }> {
  const server = dynalite({ createTableMs: 0 });
  const port = await listen(server);
  const client = new DynamoDBClient(reach(port));
  const name = "Appointments";
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk", "pendingShard", "retryAt"].map((each) => ({
        AttributeName: each,
        AttributeType: "S",
      })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: pendingIndex,
          KeySchema: [
            { AttributeName: "pendingShard", KeyType: "HASH" },
            { AttributeName: "retryAt", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
  for (;;) {
    const { Table: made } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (made?.TableStatus === "ACTIVE") break;
  }
  return {
    table: { client: DynamoDBDocumentClient.from(client), name },
    stop: async () => {
      client.destroy();
      await close(server);
    },
  };
}

/** Starts SQS and SNS (fauxqs) on a free port. */
export async function startMessaging() {
  const emulator = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false });
  const sns = new SNSClient(reach(emulator.port));
  const sqs = new SQSClient(reach(emulator.port));
  return {
    emulator,
    sns,
    sqs,
    /** A topic with one queue that receives everything raw. */
    topicInto: (topic: string, queue: string): { topicArn: string; queueUrl: string } => {
      const { topicArn } = emulator.createTopic(topic);
      const { queueUrl } = emulator.createQueue(queue);
      emulator.subscribe({ topic, queue, attributes: { RawMessageDelivery: "true" } });
      return { topicArn, queueUrl };
    },
    /** Bodies of the messages in a queue, whether visible or not. */
    bodies: (queue: string): string[] => {
      const messages = emulator.inspectQueue(queue)?.messages;
      if (!messages) return [];
      return [...messages.ready, ...messages.delayed, ...messages.inflight.map(({ message }) => message)].map(
        ({ body }) => body,
      );
    },
    /** Receives one message and hides it for an hour. */
    receive: async (queueUrl: string): Promise<{ body: string; receiptHandle: string }> => {
      const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, VisibilityTimeout: 3_600 });
      const [message] = (await sqs.send(command)).Messages ?? [];
      return { body: message?.Body ?? "", receiptHandle: message?.ReceiptHandle ?? "" };
    },
    stop: async () => {
      sns.destroy();
      sqs.destroy();
      await emulator.stop();
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
