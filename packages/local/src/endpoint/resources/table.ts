import type { GraphTable } from "@appointments/graph/graph";
import {
  type CreateTableCommandInput,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ListTablesCommand,
  type TableDescription,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import type { ServiceLog } from "../../aws/log.ts";
import { copyName, create, describe, rebuild } from "./rebuild.ts";

type Index = GraphTable["globalIndexes"][number];

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

type Schema = { AttributeName?: string | undefined; KeyType?: string | undefined }[] | undefined;

function keys(schema: Schema = []): string {
  return schema
    .map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`)
    .sort()
    .join();
}

function hasIndexes(existing: TableDescription, table: GraphTable): boolean {
  const fingerprint = (name: string | undefined, schema: Schema, kind: string | undefined, attributes: string[] = []) =>
    JSON.stringify([name, keys(schema), kind, [...attributes].sort()]);
  const now = (existing.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) =>
    fingerprint(IndexName, KeySchema, Projection?.ProjectionType, Projection?.NonKeyAttributes),
  );
  const wanted = table.globalIndexes.map((index) =>
    fingerprint(index.name, keySchema(index), index.projectionType, index.nonKeyAttributes),
  );
  return now.sort().join() === wanted.sort().join();
}
