import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ScanCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { Level } from "level";
import { expect, it } from "vitest";
import { startDynalite } from "./dynalite.ts";

const key = { AttributeName: "id", KeyType: "HASH" } as const;
const table: CreateTableCommandInput = {
  TableName: "orders",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [key],
  GlobalSecondaryIndexes: [{ IndexName: "byId", KeySchema: [key], Projection: { ProjectionType: "ALL" } }],
};

async function withDynalite<Result>(path: string, use: (client: DynamoDBClient) => Promise<Result>): Promise<Result> {
  const { url, stop } = await startDynalite({ path });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new DynamoDBClient({ endpoint: url, region: "us-east-1", credentials });
  try {
    return await use(client);
  } finally {
    client.destroy();
    await stop();
  }
}

it.each(["CREATING", "DELETING"])(
  "a table that a killed process left in %s can be used after the next start",
  async (status) => {
    const path = await mkdtemp(join(tmpdir(), "dynalite-"));
    try {
      await withDynalite(path, async (client) => {
        await client.send(new CreateTableCommand(table));
        await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName: "orders" });
      });
      const store = new Level<string, object>(path, { valueEncoding: "json" });
      const stored = await store.get("table~orders");
      expect(stored).toMatchObject({ TableStatus: "ACTIVE", GlobalSecondaryIndexes: [{ IndexStatus: "ACTIVE" }] });
      await store.put("table~orders", { ...stored, TableStatus: status });
      await store.close();

      await withDynalite(path, async (client) => {
        expect(await client.send(new ScanCommand({ TableName: "orders" }))).toMatchObject({ Items: [] });
        const { Table } = await client.send(new DescribeTableCommand({ TableName: "orders" }));
        expect(Table).toMatchObject({ TableStatus: "ACTIVE", GlobalSecondaryIndexes: [{ IndexStatus: "ACTIVE" }] });
      });
    } finally {
      await rm(path, { recursive: true });
    }
  },
);
