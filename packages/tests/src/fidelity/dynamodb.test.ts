import { ok } from "node:assert/strict";
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type ConditionalCheckFailedException,
  type ConsumedCapacity,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect } from "vitest";
import { behaviour, startTarget } from "./behaviour.ts";
import { documented, type Row, recorded } from "./row.ts";
import type { Target } from "./topology.ts";

type Item = Record<string, AttributeValue>;

let target: Target;
beforeAll(async () => {
  target = await startTarget((build) => ({
    tables: [
      {
        name: "things",
        tableName: build.nameOf("things"),
        arn: build.arn("dynamodb", `table/${build.nameOf("things")}`),
        attributes: [
          { name: "pk", type: "S" },
          { name: "sk", type: "S" },
          { name: "lane", type: "S" },
          { name: "tag", type: "S" },
        ],
        hashKey: "pk",
        rangeKey: "sk",
        globalIndexes: [
          { name: "byLane", hashKey: "lane", rangeKey: "sk", projectionType: "ALL" },
          { name: "byTag", hashKey: "tag", projectionType: "KEYS_ONLY" },
        ],
        ttlAttribute: "expiresAt",
      },
    ],
  }));
});
afterAll(() => target?.stop());

const tableName = () => {
  const [table] = target.graph.tables;
  ok(table);
  return table.tableName;
};

const text = (bytes: number) => "x".repeat(bytes);
const item = (pk: string, more: Item = {}): Item => ({ pk: { S: pk }, sk: { S: "1" }, ...more });
const keyOf = (pk: string, sk = "1"): Item => ({ pk: { S: pk }, sk: { S: sk } });

/** An item of exactly so many bytes: the lengths of its attributes' names count too. */
function itemOf(pk: string, bytes: number): Item {
  const rest = Buffer.byteLength(`pk${pk}sk1data`);
  return item(pk, { data: { S: text(bytes - rest) } });
}

const put = (Item: Item) =>
  target.dynamo.send(new PutItemCommand({ TableName: tableName(), Item, ReturnConsumedCapacity: "INDEXES" }));

const update = (pk: string, expression: string, values: Item = {}) =>
  target.dynamo.send(
    new UpdateItemCommand({
      TableName: tableName(),
      Key: keyOf(pk),
      UpdateExpression: expression,
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
      ReturnConsumedCapacity: "INDEXES",
    }),
  );

const query = (pk: string, more: Partial<ConstructorParameters<typeof QueryCommand>[0]> = {}) =>
  target.dynamo.send(
    new QueryCommand({
      TableName: tableName(),
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: pk } },
      ReturnConsumedCapacity: "TOTAL",
      ...more,
    }),
  );

/** Units of the table, of each index, and of all together. */
function units(answer: { ConsumedCapacity?: ConsumedCapacity | undefined }) {
  const { CapacityUnits, Table, GlobalSecondaryIndexes = {} } = answer.ConsumedCapacity ?? {};
  const indexes = Object.entries(GlobalSecondaryIndexes).map(([name, { CapacityUnits: count }]) => [name, count]);
  return { all: CapacityUnits, table: Table?.CapacityUnits, ...Object.fromEntries(indexes) };
}

const guide = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide";
const api = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference";
const row = (id: string, says: string, docs: string, more: Partial<Row> = {}): Row => ({
  id: `dynamodb.${id}`,
  area: "DynamoDB",
  says,
  docs,
  evidence: documented,
  ...more,
});
const returned = (test: string) => ({ evidence: recorded("dynamodb/test_dynamodb", test, "2025-10-08") });

const failing = `${api}/API_PutItem.html#DDB-PutItem-request-ConditionExpression`;

behaviour(
  row(
    "condition.fails",
    "A write whose condition does not hold is answered 400 ConditionalCheckFailedException and changes nothing.",
    failing,
    returned("test_return_values_on_conditions_check_failure"),
  ),
  async () => {
    await put(item("condition", { price: { N: "650" } }));
    const again = new PutItemCommand({
      TableName: tableName(),
      Item: item("condition", { price: { N: "1" } }),
      ConditionExpression: "attribute_not_exists(pk)",
    });
    const error = await target.dynamo.send(again).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "ConditionalCheckFailedException",
      message: "The conditional request failed",
      $metadata: { httpStatusCode: 400 },
    });
    const { Items } = await query("condition", { ConsistentRead: true });
    expect(Items).toEqual([item("condition", { price: { N: "650" } })]);
  },
);

behaviour(
  row(
    "condition.old",
    "With ReturnValuesOnConditionCheckFailure the error carries the item as it is.",
    `${api}/API_UpdateItem.html`,
    returned("test_return_values_on_conditions_check_failure"),
  ),
  async () => {
    await put(item("old", { price: { N: "650" } }));
    const change = new UpdateItemCommand({
      TableName: tableName(),
      Key: keyOf("old"),
      UpdateExpression: "set price = :new",
      ConditionExpression: "price = :old",
      ExpressionAttributeValues: { ":new": { N: "1" }, ":old": { N: "2" } },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    const error = await target.dynamo.send(change).catch((thrown: unknown) => thrown);
    expect((error as ConditionalCheckFailedException).Item).toEqual(item("old", { price: { N: "650" } }));
  },
);

behaviour(
  row("condition.one", "Of many conditional writes of one item at once, exactly one succeeds.", failing),
  async () => {
    const tries = Array.from({ length: 20 }, (_, index) =>
      target.dynamo.send(
        new PutItemCommand({
          TableName: tableName(),
          Item: item("race", { by: { N: String(index) } }),
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      ),
    );
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  },
);

behaviour(
  row(
    "return.old",
    "A put answers with the item that it replaced when asked for ALL_OLD, and with nothing when there was none.",
    `${api}/API_PutItem.html`,
    returned("test_return_values_in_put_item"),
  ),
  async () => {
    const replace = (value: string) =>
      target.dynamo.send(
        new PutItemCommand({
          TableName: tableName(),
          Item: item("return", { data: { S: value } }),
          ReturnValues: "ALL_OLD",
        }),
      );
    expect((await replace("foobar")).Attributes).toBeUndefined();
    expect((await replace("barfoo")).Attributes).toEqual(item("return", { data: { S: "foobar" } }));
  },
);

const notCounted = {
  moto: "moto does not count capacity by size or index. AWS is right by its documentation; DynamoDB Local agrees.",
};
const notCountedReads = {
  ...notCounted,
  ministack: "MiniStack counts reads without their size. AWS is right by its documentation; DynamoDB Local agrees.",
};
const otherSize = {
  moto: "moto takes an item for larger than it is. AWS is right by its documentation; DynamoDB Local agrees.",
};
const capacity = `${guide}/CapacityUnitCalculations.html`;

behaviour(
  row("write.rounding", "A write costs one unit for each started KB of the item, names included.", capacity, {
    differences: notCounted,
  }),
  async () => {
    expect(units(await put(itemOf("w", 1024)))).toEqual({ all: 1, table: 1 });
    expect(units(await put(itemOf("w2", 1025)))).toEqual({ all: 2, table: 2 });
  },
);

behaviour(
  row("write.larger", "A write costs by the larger of the item before and the item after.", capacity, {
    differences: notCounted,
  }),
  async () => {
    await put(itemOf("larger", 3000));
    expect(units(await put(itemOf("larger", 100)))).toEqual({ all: 3, table: 3 });
    await put(itemOf("larger", 2000));
    const remove = new DeleteItemCommand({
      TableName: tableName(),
      Key: keyOf("larger"),
      ReturnConsumedCapacity: "INDEXES",
    });
    expect(units(await target.dynamo.send(remove))).toEqual({ all: 2, table: 2 });
  },
);

behaviour(
  row(
    "read.rounding",
    "A consistent read costs one unit for each started 4 KB, an eventually consistent one half; so does one that finds nothing.",
    capacity,
    { differences: notCountedReads },
  ),
  async () => {
    await put(itemOf("read", 4096));
    await put(itemOf("read4", 4097));
    const cost = async (pk: string, ConsistentRead: boolean) => {
      const get = { TableName: tableName(), Key: keyOf(pk), ConsistentRead, ReturnConsumedCapacity: "TOTAL" } as const;
      return (await target.dynamo.send(new GetItemCommand(get))).ConsumedCapacity?.CapacityUnits;
    };
    expect([await cost("read", true), await cost("read", false)]).toEqual([1, 0.5]);
    expect([await cost("read4", true), await cost("read4", false)]).toEqual([2, 1]);
    expect([await cost("nothing", true), await cost("nothing", false)]).toEqual([1, 0.5]);
  },
);

behaviour(
  row("query.rounding", "A query adds up the sizes of what it reads and rounds the sum, not each item.", capacity, {
    differences: notCountedReads,
  }),
  async () => {
    for (const sk of ["1", "2", "3", "4", "5"]) {
      await put({ ...keyOf("sum", sk), data: { S: text(1000) } });
    }
    const { ConsumedCapacity } = await query("sum", { ConsistentRead: true });
    // Five items of about 1 KB: over 4 KB and under 8 KB.
    expect(ConsumedCapacity?.CapacityUnits).toBe(2);
  },
);

const indexWrites = `${guide}/GSI.html#GSI.ThroughputConsiderations.Writes`;

behaviour(
  row("index.write.put", "An item that comes into an index costs one more write for it.", indexWrites, {
    differences: notCounted,
  }),
  async () => {
    expect(units(await put(item("in", { lane: { S: "a" } })))).toEqual({ all: 2, table: 1, byLane: 1 });
    await put(item("later"));
    const defined = await update("later", "set lane = :a", { ":a": { S: "a" } });
    expect(units(defined)).toEqual({ all: 2, table: 1, byLane: 1 });
  },
);

behaviour(
  row("index.write.key", "A change of its key in an index costs two writes for it: out and in again.", indexWrites, {
    differences: notCounted,
  }),
  async () => {
    await put(item("moved", { lane: { S: "a" } }));
    const moved = await update("moved", "set lane = :b", { ":b": { S: "b" } });
    expect(units(moved)).toEqual({ all: 3, table: 1, byLane: 2 });
  },
);

behaviour(
  row("index.write.out", "An item that loses its key in an index costs one write for taking it out.", indexWrites, {
    differences: notCounted,
  }),
  async () => {
    await put(item("out", { lane: { S: "a" } }));
    expect(units(await update("out", "remove lane"))).toEqual({ all: 2, table: 1, byLane: 1 });
  },
);

behaviour(
  row("index.write.projected", "A change of an attribute costs one write where it is projected.", indexWrites, {
    differences: notCounted,
  }),
  async () => {
    await put(item("projected", { lane: { S: "a" }, tag: { S: "t" } }));
    const changed = await update("projected", "set more = :m", { ":m": { S: "m" } });
    // Every attribute is in byLane; byTag holds keys only.
    expect(units(changed)).toEqual({ all: 2, table: 1, byLane: 1 });
  },
);

behaviour(
  row("index.write.none", "What is in no index before and after costs nothing in one.", indexWrites, {
    differences: notCounted,
  }),
  async () => {
    await put(item("none"));
    expect(units(await update("none", "set more = :m", { ":m": { S: "m" } }))).toEqual({ all: 1, table: 1 });
  },
);

behaviour(
  row("batch.units", "A batch costs what its writes cost, indexes included.", `${api}/API_BatchWriteItem.html`, {
    differences: notCounted,
  }),
  async () => {
    const Item = (pk: string) => item(pk, { lane: { S: "a" } });
    const { ConsumedCapacity } = await target.dynamo.send(
      new BatchWriteItemCommand({
        RequestItems: { [tableName()]: [{ PutRequest: { Item: Item("b1") } }, { PutRequest: { Item: Item("b2") } }] },
        ReturnConsumedCapacity: "TOTAL",
      }),
    );
    expect(ConsumedCapacity?.[0]?.CapacityUnits).toBe(4);
  },
);

const limits = `${guide}/Constraints.html`;

behaviour(
  row("item.size", "An item of 400 KB is stored; one byte more is a ValidationException.", limits, {
    differences: otherSize,
  }),
  async () => {
    await expect(put(itemOf("fits", 400 * 1024))).resolves.toBeDefined();
    await expect(put(itemOf("over", 400 * 1024 + 1))).rejects.toMatchObject({
      name: "ValidationException",
      message: "Item size has exceeded the maximum allowed size",
    });
  },
);

behaviour(
  row("item.size.utf8", "Text counts by its bytes in UTF-8.", `${guide}/HowItWorks.NamingRulesDataTypes.html`, {
    differences: otherSize,
  }),
  async () => {
    expect(units(await put(item("accents", { data: { S: "é".repeat(600) } })))).toEqual({ all: 2, table: 2 });
    await expect(put(item("accents", { data: { S: "é".repeat(205 * 1024) } }))).rejects.toThrow(
      "Item size has exceeded the maximum allowed size",
    );
  },
);

behaviour(
  row("item.size.update", "An update that makes an item larger than 400 KB is refused and changes nothing.", limits, {
    differences: otherSize,
  }),
  async () => {
    await put(itemOf("grows", 399 * 1024));
    const grown = update("grows", "set more = :m", { ":m": { S: text(2048) } });
    await expect(grown).rejects.toMatchObject({
      name: "ValidationException",
      message: "Item size to update has exceeded the maximum allowed size",
    });
    const { Items } = await query("grows", { ConsistentRead: true });
    expect(Items?.[0]).not.toHaveProperty("more");
  },
);

const pages = `${guide}/Query.Pagination.html`;

behaviour(
  row("query.page", "A query stops after 1 MB and says where to go on.", pages, { differences: otherSize }),
  async () => {
    const keys = Array.from({ length: 12 }, (_, index) => String(index).padStart(2, "0"));
    for (const sk of keys) await put({ ...keyOf("page", sk), data: { S: text(100 * 1024) } });
    const first = await query("page");
    const count = first.Items?.length ?? 0;
    // Ten fit; whether the one that goes over the limit still comes along is not ours to rely on.
    expect(count).toBeGreaterThanOrEqual(10);
    expect(count).toBeLessThan(12);
    expect(first.LastEvaluatedKey).toEqual(keyOf("page", keys[count - 1]));
    const second = await query("page", { ExclusiveStartKey: first.LastEvaluatedKey });
    expect(second.Items?.map(({ sk }) => sk?.S)).toEqual(keys.slice(count));
    expect(second.LastEvaluatedKey).toBeUndefined();
  },
);

behaviour(
  row("query.filter", "The 1 MB count before a filter: a page may hold nothing and yet not be the last.", pages, {
    differences: {
      "dynamodb-local": "DynamoDB Local counts what the filter leaves. AWS is right by its documentation.",
    },
  }),
  async () => {
    for (let sk = 10; sk < 22; sk++) await put({ ...keyOf("filter", String(sk)), data: { S: text(100 * 1024) } });
    const filtered = await query("filter", { FilterExpression: "attribute_exists(nowhere)" });
    expect(filtered.Items).toEqual([]);
    expect(filtered.ScannedCount).toBeLessThan(12);
    expect(filtered.LastEvaluatedKey).toBeDefined();
  },
);

behaviour(
  row("query.limit", "A query that reaches its Limit says where to go on, even if nothing comes after.", pages, {
    differences: {
      moto: "moto looks ahead. AWS says only that more may come; three others that share no code agree on this.",
    },
  }),
  async () => {
    await put({ ...keyOf("limit", "1") });
    await put({ ...keyOf("limit", "2") });
    const full = await query("limit", { Limit: 2 });
    expect(full.LastEvaluatedKey).toEqual(keyOf("limit", "2"));
    const rest = await query("limit", { Limit: 2, ExclusiveStartKey: full.LastEvaluatedKey });
    expect(rest).toMatchObject({ Count: 0 });
    expect(rest.LastEvaluatedKey).toBeUndefined();
  },
);

const byLane = (lane: string, more: Partial<ConstructorParameters<typeof QueryCommand>[0]> = {}) =>
  query("", {
    IndexName: "byLane",
    KeyConditionExpression: "lane = :s",
    ExpressionAttributeValues: { ":s": { S: lane } },
    ...more,
  });

behaviour(
  row(
    "index.sparse",
    "An item without an index's key is not in the index.",
    `${guide}/bp-indexes-general-sparse-indexes.html`,
  ),
  async () => {
    await put(item("sparse-in", { lane: { S: "sparse" } }));
    await put(item("sparse-out"));
    await expect
      .poll(async () => (await byLane("sparse")).Items, { timeout: 10_000 })
      .toEqual([item("sparse-in", { lane: { S: "sparse" } })]);
  },
);

const indexReads = `${guide}/HowItWorks.ReadConsistency.html`;

behaviour(row("index.consistent", "A consistent read of a global index is refused.", indexReads), async () => {
  await expect(byLane("a", { ConsistentRead: true })).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringContaining("Consistent reads are not supported on global secondary indexes"),
  });
});

behaviour({
  ...row(
    "index.lag",
    "A global index follows its table a moment later, so a query of it may miss what was just written.",
    indexReads,
  ),
  unchecked: "Emulators update an index with its table; only AWS lags. The reconciler looks a minute later, and again.",
});

behaviour(
  row(
    "ttl.late",
    "An expired item is still there until DynamoDB deletes it, which takes days at most.",
    `${guide}/ttl-expired-items.html`,
  ),
  async () => {
    await put(item("expired", { expiresAt: { N: String(Math.floor(Date.now() / 1000) - 60) } }));
    expect((await query("expired", { ConsistentRead: true })).Count).toBe(1);
  },
);

const throttling = `${guide}/Programming.Errors.html`;

behaviour(
  row(
    "throttle.retried",
    "A throttled call is answered 400 ThrottlingException or ProvisionedThroughputExceededException, which the SDK repeats.",
    throttling,
    {
      targets: ["embedded"],
    },
  ),
  async () => {
    const throttle = (times: number) =>
      fetch(`${target.url}/_local/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify([{ fault: "throttle", service: "dynamodb", action: "PutItem", times }]),
      });
    await throttle(1);
    await expect(put(item("throttled"))).rejects.toMatchObject({
      name: expect.stringMatching(/^(ThrottlingException|ProvisionedThroughputExceededException)$/),
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
    await throttle(1);
    const { credentials, region } = target.dynamo.config;
    const patient = new DynamoDBClient({ endpoint: target.url, region, credentials, maxAttempts: 3 });
    const answer = await patient.send(new PutItemCommand({ TableName: tableName(), Item: item("throttled") }));
    patient.destroy();
    expect(answer.$metadata.attempts).toBe(2);
  },
);

behaviour({
  ...row(
    "throttle.key",
    "One partition key is throttled at about 1,000 write and 3,000 read units a second.",
    `${guide}/bp-partition-key-design.html`,
  ),
  unchecked: "No emulator throttles by key. The keys here are one insured's, or one of four shards of what is pending.",
});

behaviour({
  ...row(
    "condition.units",
    "A write whose condition does not hold costs what the item that is there would cost, at least one unit.",
    `${guide}/CapacityUnitCalculations.html`,
  ),
  unchecked: "The answer to such a write names no units. The local meter counts one.",
});
