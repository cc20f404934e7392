import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  ScanCommand,
  type ScanCommandInput,
  type ScanCommandOutput,
  UpdateCommand,
  type UpdateCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { awsTrouble, clientConfig, once } from "../aws/client.ts";

/**
 * The DynamoDB table of appointments.
 *
 * All calls throw `table_unavailable` when DynamoDB is throttled or away, and `internal` when it refuses.
 */
export interface Table {
  client: DynamoDBDocumentClient;
  name: string;
}

/** Reads one item, strongly consistent: a client that just got 202 must find what was saved. */
export async function getItem(table: Table, key: { pk: string; sk: string }): Promise<unknown> {
  const command = new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true });
  return (await table.client.send(command).catch(fail)).Item;
}

/** Puts one item if the condition holds, and says whether it did. */
export const putIf = (table: Table, put: Omit<PutCommandInput, "TableName"> & { ConditionExpression: string }) =>
  whetherItHeld(table.client.send(new PutCommand({ TableName: table.name, ...put })));

/** Updates one item if the condition holds, and says whether it did. */
export const updateIf = (
  table: Table,
  update: Omit<UpdateCommandInput, "TableName"> & { ConditionExpression: string },
) => whetherItHeld(table.client.send(new UpdateCommand({ TableName: table.name, ...update })));

/** Deletes one item, whether or not it is there. */
export async function deleteItem(table: Table, key: { pk: string; sk: string }): Promise<void> {
  await table.client.send(new DeleteCommand({ TableName: table.name, Key: key })).catch(fail);
}

/** One page of a query. */
export const query = (table: Table, input: Omit<QueryCommandInput, "TableName">): Promise<QueryCommandOutput> =>
  table.client.send(new QueryCommand({ TableName: table.name, ...input })).catch(fail);

/** One page of the whole table. */
export const scan = (table: Table, input: Omit<ScanCommandInput, "TableName">): Promise<ScanCommandOutput> =>
  table.client.send(new ScanCommand({ TableName: table.name, ...input })).catch(fail);

const fail = (error: unknown): never => {
  throw awsTrouble(error, "table_unavailable", "DynamoDB");
};

async function whetherItHeld(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
    return fail(error);
  }
}

/** The DynamoDB client of this environment. */
export const dynamo = once(() => DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig)));
