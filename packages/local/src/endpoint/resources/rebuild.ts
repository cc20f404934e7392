import {
  BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  paginateScan,
  ResourceNotFoundException,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";

/** The name of the copy that a table is rebuilt from. */
export const copyName = (tableName: string) => `${tableName}.copy`;

/**
 * Builds a table again with its items, since the embedded DynamoDB cannot change the indexes of one. Nothing else runs
 * meanwhile. The copy is whole before the table goes, and goes last itself: at whatever point this is cut off, the next
 * start finds a copy and does it all again.
 */
export async function rebuild(
  client: DynamoDBClient,
  wanted: CreateTableCommandInput,
  copy: CreateTableCommandInput,
  found: { existing: boolean; copy: boolean },
): Promise<void> {
  const { TableName = "" } = wanted;
  if (!found.copy) await create(client, copy);
  if (found.existing) {
    await copyItems(client, TableName, copyName(TableName));
    await remove(client, TableName);
  }
  await create(client, wanted);
  await copyItems(client, copyName(TableName), TableName);
  await remove(client, copyName(TableName));
}

/** Creates a table and waits until it takes items. */
export async function create(client: DynamoDBClient, input: CreateTableCommandInput): Promise<void> {
  await client.send(new CreateTableCommand(input));
  await until(async () => (await describe(client, input.TableName ?? ""))?.TableStatus === "ACTIVE");
}

async function remove(client: DynamoDBClient, TableName: string): Promise<void> {
  await client.send(new DeleteTableCommand({ TableName }));
  await until(async () => (await describe(client, TableName)) === undefined);
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error("A table was not ready within 30 s.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The table as it is; undefined when there is none of this name. */
export async function describe(client: DynamoDBClient, tableName: string): Promise<TableDescription | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    return Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** Puts every item of one table into another with the same keys. */
async function copyItems(client: DynamoDBClient, from: string, to: string): Promise<void> {
  // BatchWriteItem takes at most 25.
  for await (const { Items = [] } of paginateScan({ client }, { TableName: from, Limit: 25 })) {
    if (Items.length === 0) continue;
    const puts = Items.map((Item) => ({ PutRequest: { Item } }));
    const { UnprocessedItems = {} } = await client.send(new BatchWriteItemCommand({ RequestItems: { [to]: puts } }));
    if (Object.keys(UnprocessedItems).length > 0) throw new Error(`Not all items of ${from} could be copied to ${to}.`);
  }
}
