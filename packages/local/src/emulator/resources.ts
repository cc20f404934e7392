import type { Graph } from "@appointments/graph/graph";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Log } from "../gateway/log.ts";
import type { Endpoints } from "./emulators.ts";
import { putQueues } from "./queue.ts";
import { putTables } from "./table.ts";
import { putTopics } from "./topic.ts";

/**
 * Makes the graph's tables, queues, topics, subscriptions and rules at the given endpoints, or brings what is there
 * up to date. What has left the graph is removed, except tables and queues: they hold data. Idempotent.
 */
export async function createResources(graph: Graph, endpoints: Endpoints, log: Log): Promise<void> {
  const options = {
    region: graph.region,
    maxAttempts: 3,
    // Emulators that serve several accounts take the account from a key of twelve digits.
    credentials: { accessKeyId: graph.account, secretAccessKey: "local" },
  };
  const dynamo = new DynamoDBClient({ ...options, endpoint: endpoints.dynamoUrl });
  const sqs = new SQSClient({ ...options, endpoint: endpoints.sqsSnsUrl });
  const sns = new SNSClient({ ...options, endpoint: endpoints.sqsSnsUrl });
  try {
    await Promise.all([
      putTables(dynamo, graph.tables, log),
      putQueues(sqs, graph.queues, log).then(() => putTopics(sns, graph, log)),
    ]);
  } finally {
    for (const client of [dynamo, sqs, sns]) client.destroy();
  }
}
