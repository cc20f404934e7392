import type { Graph } from "@appointments/graph/graph";
import {
  DeleteTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import {
  DeleteEventBusCommand,
  DeleteRuleCommand,
  type EventBridgeClient,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { DeleteTopicCommand, type SNSClient } from "@aws-sdk/client-sns";
import { DeleteQueueCommand, GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from "@aws-sdk/client-sqs";

/** What was never there need not go. */
const unless = (missing: abstract new (...args: never[]) => Error) => (error: unknown) => {
  if (!(error instanceof missing)) throw error;
};

/** Removes the tables of the graph with their items, where they are not in our own folder; those that never were, too. */
export async function forgetTables(client: DynamoDBClient, { tables }: Graph): Promise<void> {
  const remove = async (TableName: string) => {
    await client.send(new DeleteTableCommand({ TableName }));
    await waitUntilTableNotExists({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 2 }, { TableName });
  };
  await Promise.all(tables.map(({ tableName }) => remove(tableName).catch(unless(ResourceNotFoundException))));
}

/** Removes the queues of the graph with their messages. */
export async function forgetQueues(client: SQSClient, { queues }: Graph): Promise<void> {
  const remove = async (QueueName: string) => {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
    await client.send(new DeleteQueueCommand({ QueueUrl }));
  };
  for (const { queueName } of queues) await remove(queueName).catch(unless(QueueDoesNotExist));
}

/** Removes the topics of the graph with their subscriptions. */
export async function forgetTopics(client: SNSClient, { topics }: Graph): Promise<void> {
  for (const { arn: TopicArn } of topics) await client.send(new DeleteTopicCommand({ TopicArn }));
}

/** Removes the rules and buses of the graph. */
export async function forgetRules(client: EventBridgeClient, { buses, rules }: Graph): Promise<void> {
  for (const { busName: EventBusName, ruleName } of rules) {
    const { Targets = [] } = await client.send(new ListTargetsByRuleCommand({ EventBusName, Rule: ruleName }));
    const Ids = Targets.map(({ Id = "" }) => Id);
    if (Ids.length > 0) await client.send(new RemoveTargetsCommand({ EventBusName, Rule: ruleName, Ids }));
    await client.send(new DeleteRuleCommand({ EventBusName, Name: ruleName }));
  }
  for (const { busName: Name } of buses) await client.send(new DeleteEventBusCommand({ Name }));
}
