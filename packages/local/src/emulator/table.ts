import type { GraphTable } from "@appointments/graph/graph";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  ListTablesCommand,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import type { Log } from "../gateway/log.ts";

type Index = GraphTable["globalIndexes"][number];

/** Makes the tables and their indexes as the graph says; a table that is no longer in it is kept, with its data. */
export async function putTables(client: DynamoDBClient, tables: GraphTable[], log: Log): Promise<void> {
  await Promise.all(tables.map((table) => putTable(client, table, log)));
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const known = new Set(tables.map(({ tableName }) => tableName));
  for (const name of TableNames.filter((name) => !known.has(name))) {
    log("warn", `table ${name} is no longer in the graph; it is kept with its data`);
  }
}

async function putTable(client: DynamoDBClient, table: GraphTable, log: Log): Promise<void> {
  const existing = await describe(client, table.tableName);
  if (existing === undefined) {
    await client.send(new CreateTableCommand(description(table)));
    return;
  }
  if (keys(existing.KeySchema) !== keys(keySchema(table))) {
    throw new Error(
      `Table ${table.name} has other keys than before. AWS would replace it, and its data would be gone: ` +
        "begin anew with --fresh, or give the table another name.",
    );
  }
  const wanted = new Map(table.globalIndexes.map((index) => [index.name, index]));
  for (const { IndexName = "", KeySchema, Projection } of existing.GlobalSecondaryIndexes ?? []) {
    const index = wanted.get(IndexName);
    if (index && keys(KeySchema) === keys(keySchema(index)) && same(Projection, projection(index))) {
      wanted.delete(IndexName);
      continue;
    }
    log(
      "info",
      `index ${IndexName} of table ${table.name} ${index ? "has changed" : "has left the graph"}; removing it`,
    );
    await updateIndex(client, table, { Delete: { IndexName } });
  }
  for (const index of wanted.values()) await updateIndex(client, table, { Create: globalIndex(index) });
}

/** DynamoDB changes one index at a time and takes the next change when the table is active again. */
async function updateIndex(
  client: DynamoDBClient,
  table: GraphTable,
  update: { Create: ReturnType<typeof globalIndex> } | { Delete: { IndexName: string } },
): Promise<void> {
  await client.send(
    new UpdateTableCommand({
      TableName: table.tableName,
      AttributeDefinitions: attributes(table),
      GlobalSecondaryIndexUpdates: [update],
    }),
  );
  const deadline = Date.now() + 30_000;
  for (;;) {
    const now = await describe(client, table.tableName);
    const indexes = now?.GlobalSecondaryIndexes ?? [];
    if (now?.TableStatus === "ACTIVE" && indexes.every(({ IndexStatus }) => IndexStatus === "ACTIVE")) return;
    if (Date.now() > deadline) throw new Error(`The indexes of table ${table.name} were not ready within 30 s.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function describe(client: DynamoDBClient, tableName: string): Promise<TableDescription | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    return Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function description(table: GraphTable): CreateTableCommandInput {
  return {
    TableName: table.tableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: attributes(table),
    KeySchema: keySchema(table),
    ...(table.globalIndexes.length > 0 ? { GlobalSecondaryIndexes: table.globalIndexes.map(globalIndex) } : {}),
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

function projection(index: Index) {
  return {
    ProjectionType: index.projectionType,
    ...(index.nonKeyAttributes ? { NonKeyAttributes: index.nonKeyAttributes } : {}),
  };
}

function globalIndex(index: Index) {
  return { IndexName: index.name, KeySchema: keySchema(index), Projection: projection(index) };
}

function keys(schema: { AttributeName?: string | undefined; KeyType?: string | undefined }[] = []): string {
  return schema
    .map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`)
    .sort()
    .join();
}

function same(
  a: { ProjectionType?: string | undefined; NonKeyAttributes?: string[] | undefined } | undefined,
  b: { ProjectionType: string; NonKeyAttributes?: string[] },
): boolean {
  const sorted = (names?: string[]) => [...(names ?? [])].sort().join();
  return a?.ProjectionType === b.ProjectionType && sorted(a.NonKeyAttributes) === sorted(b.NonKeyAttributes);
}
