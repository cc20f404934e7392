import type { GraphTable } from "@appointments/graph/graph";
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndexDescription,
  ListTablesCommand,
  paginateScan,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import type { ServiceLog } from "../../aws/service.ts";

/**
 * Makes the tables and their indexes as the graph says; a table that is no longer in it is kept, with its data.
 *
 * @param options.ours whether a table of this name can have been of the graph
 * @param options.expiry whether to set the attribute of time to live, which the embedded DynamoDB does not know
 */
export async function putTables(
  client: DynamoDBClient,
  tables: GraphTable[],
  { log, ours, expiry }: { log: ServiceLog; ours: (name: string) => boolean; expiry: boolean },
): Promise<void> {
  await Promise.all(
    tables.map(async (table) => {
      await putTable(client, table, log);
      if (expiry) await putExpiry(client, table);
    }),
  );
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const known = new Set(tables.map(({ tableName }) => tableName));
  for (const name of TableNames.filter((name) => !known.has(name) && ours(name))) {
    log("warn", `table ${name} is no longer in the graph; it is kept with its data`);
  }
}

/** Asked for first: DynamoDB refuses to enable what is enabled. */
async function putExpiry(client: DynamoDBClient, { tableName, ttlAttribute }: GraphTable): Promise<void> {
  if (ttlAttribute === undefined) return;
  const { TimeToLiveDescription: now } = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }));
  if (now?.AttributeName === ttlAttribute && now.TimeToLiveStatus?.startsWith("ENABL")) return;
  const TimeToLiveSpecification = { AttributeName: ttlAttribute, Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification }));
}

async function putTable(client: DynamoDBClient, table: GraphTable, log: ServiceLog): Promise<void> {
  const existing = await describe(client, table.tableName);
  const copy = await describe(client, copyName(table.tableName));
  if (existing && keys(existing.KeySchema) !== keys(keySchema(table))) {
    throw new Error(
      `Table ${table.name} has other keys than before. AWS would replace it, and its data would be gone: ` +
        "begin anew with --fresh, or give the table another name.",
    );
  }
  if (existing === undefined && copy === undefined) {
    await create(client, description(table));
    return;
  }
  if (copy === undefined && existing && hasIndexes(existing, table)) return;
  log("info", `table ${table.name}: the indexes have changed; it is built again with its items`);
  const bare = { ...description({ ...table, globalIndexes: [] }), TableName: copyName(table.tableName) };
  await rebuild(client, description(table), bare, { existing: existing !== undefined, copy: copy !== undefined });
}

function description(table: GraphTable): CreateTableCommandInput {
  return {
    TableName: table.tableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: attributes(table),
    KeySchema: keySchema(table),
    GlobalSecondaryIndexes: table.globalIndexes.length > 0 ? table.globalIndexes.map(globalIndex) : undefined,
  };
}

/** Only attributes that are keys: DynamoDB refuses a definition that no key uses. */
function attributes(table: GraphTable) {
  const used = new Set([table, ...table.globalIndexes].flatMap(({ hashKey, rangeKey }) => [hashKey, rangeKey]));
  return table.attributes
    .filter(({ name }) => used.has(name))
    .map(({ name, type }) => ({ AttributeName: name, AttributeType: type }));
}

function keySchema({ hashKey, rangeKey }: { hashKey: string; rangeKey?: string }) {
  const hash = { AttributeName: hashKey, KeyType: "HASH" as const };
  return rangeKey === undefined ? [hash] : [hash, { AttributeName: rangeKey, KeyType: "RANGE" as const }];
}

function globalIndex(index: GraphTable["globalIndexes"][number]) {
  const { name: IndexName, projectionType: ProjectionType, nonKeyAttributes: NonKeyAttributes } = index;
  return { IndexName, KeySchema: keySchema(index), Projection: { ProjectionType, NonKeyAttributes } };
}

type Index = Partial<GlobalSecondaryIndexDescription>;

function keys(schema: TableDescription["KeySchema"] = []): string {
  return schema
    .map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`)
    .sort()
    .join();
}

function hasIndexes({ GlobalSecondaryIndexes = [] }: TableDescription, table: GraphTable): boolean {
  const fingerprint = ({ IndexName, KeySchema, Projection: { ProjectionType, NonKeyAttributes = [] } = {} }: Index) =>
    JSON.stringify([IndexName, keys(KeySchema), ProjectionType, NonKeyAttributes.toSorted()]);
  const now = GlobalSecondaryIndexes.map(fingerprint);
  const wanted = table.globalIndexes.map((index) => fingerprint(globalIndex(index)));
  return now.sort().join() === wanted.sort().join();
}

/** The name of the copy that a table is rebuilt from. */
const copyName = (tableName: string) => `${tableName}.copy`;

/**
 * Builds a table again with its items, since the embedded DynamoDB cannot change the indexes of one. Nothing else runs
 * meanwhile. The copy is whole before the table goes, and goes last itself: at whatever point this is cut off, the next
 * start finds a copy and does it all again.
 */
async function rebuild(
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
async function create(client: DynamoDBClient, input: CreateTableCommandInput): Promise<void> {
  await client.send(new CreateTableCommand(input));
  await waitUntilTableExists({ client, ...waiting }, { TableName: input.TableName });
}

async function remove(client: DynamoDBClient, TableName: string): Promise<void> {
  await client.send(new DeleteTableCommand({ TableName }));
  await waitUntilTableNotExists({ client, ...waiting }, { TableName });
}

/** Seconds. */
const waiting = { maxWaitTime: 30, minDelay: 0.02, maxDelay: 1 };

/** The table as it is; undefined when there is none of this name. */
async function describe(client: DynamoDBClient, tableName: string): Promise<TableDescription | undefined> {
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
