import { once } from "node:events";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import dynalite from "dynalite";
import { Level } from "level";
import { type Index, type Item, indexWriteUnits, itemBytes, writeUnits } from "../../aws/capacity.ts";
import { guard } from "../guard.ts";

/**
 * Starts dynalite (DynamoDB) on a free loopback port, its tables in the folder `path` or, without it, in memory. With an
 * `accessKeyId` it answers only who signs with that one.
 */
export async function startDynalite({ path, accessKeyId }: { path?: string | undefined; accessKeyId?: string }) {
  repair();
  if (path !== undefined) await activateTables(path);
  const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0, path });
  if (accessKeyId !== undefined) guard(server, accessKeyId);
  // Longer than any client keeps an idle connection, so that no request meets one that is just being closed.
  server.keepAliveTimeout = 600_000;
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return { url: `http://127.0.0.1:${port}`, stop: () => stop(server) };
}

interface StoredTable {
  TableStatus: string;
  GlobalSecondaryIndexes?: { IndexStatus: string }[];
}

/**
 * Makes every stored table ACTIVE. dynalite changes CREATING to ACTIVE by a timer: after a SIGKILL between the two,
 * nothing else would, and every request would be answered with ResourceNotFoundException. A table in DELETING can be
 * used again, too; whoever deleted it finds it and deletes it again.
 */
async function activateTables(path: string): Promise<void> {
  const store = new Level<string, StoredTable>(path, { valueEncoding: "json" });
  for await (const [key, table] of store.iterator({ gte: "table~", lt: "table\x7f" })) {
    if (table.TableStatus === "ACTIVE") continue;
    const { GlobalSecondaryIndexes: indexes } = table;
    const active = indexes?.map((index) => ({ ...index, IndexStatus: "ACTIVE" }));
    await store.put(key, { ...table, TableStatus: "ACTIVE", ...(active ? { GlobalSecondaryIndexes: active } : {}) });
  }
  await store.close();
}

async function stop(server: Server): Promise<void> {
  const closed = promisify(server.close.bind(server))();
  server.closeIdleConnections();
  // Requests still under way get a moment: dynalite throws when its store closes under one.
  setTimeout(() => server.closeAllConnections(), 1_000).unref();
  await closed;
}

interface IndexedTable {
  KeySchema: { AttributeName: string }[];
  GlobalSecondaryIndexes?: Index[];
  LocalSecondaryIndexes?: Index[];
}

interface Asked {
  TableName: string;
  ReturnConsumedCapacity?: string;
  ConsistentRead?: boolean;
  [parameter]?: string;
}

interface Capacity {
  CapacityUnits: number;
  TableName: string;
  Table?: { CapacityUnits: number };
  GlobalSecondaryIndexes?: Record<string, { CapacityUnits: number }>;
  LocalSecondaryIndexes?: Record<string, { CapacityUnits: number }>;
}

type Done = (error: unknown, result?: { ConsumedCapacity?: Capacity }) => void;

/** The parts of dynalite's own `db` module that are repaired; its actions call them through the module. */
interface Db {
  itemSize: (item: Item) => number;
  addConsumedCapacity: (asked: Asked, isRead: boolean, before?: Item, after?: Item) => Capacity | undefined;
  updateIndexes: (store: unknown, table: IndexedTable, before?: Item, after?: Item, done?: unknown) => void;
  queryTable: (...args: [...unknown[], Done]) => void;
  checkConditional: (asked: Asked, existing?: Item) => { body?: Record<string, unknown> } | undefined;
}

const require = createRequire(import.meta.url);
let repaired = false;

function repair(): void {
  if (repaired) return;
  repaired = true;
  const db = require("dynalite/db") as Db;
  countCapacity(db);
  answerConditions(db);
}

/**
 * Makes dynalite count as DynamoDB does, where it does not: bytes of UTF-8 and not characters, what a write costs in
 * the indexes, and at least one unit for a read that finds nothing.
 */
function countCapacity(db: Db): void {
  db.itemSize = itemBytes;

  /** Of the write that is being answered: dynalite updates the indexes right after it has counted, before anything else runs. */
  let last: Capacity | undefined;
  db.addConsumedCapacity = (asked, isRead, before, after) => {
    if (!["TOTAL", "INDEXES"].includes(asked.ReturnConsumedCapacity ?? "")) {
      last = undefined;
      return undefined;
    }
    const units = isRead
      ? Math.max(1, Math.ceil((before ? itemBytes(before) : 0) / 4096)) / (asked.ConsistentRead ? 1 : 2)
      : Math.max(writeUnits(before), writeUnits(after));
    const capacity: Capacity = { CapacityUnits: units, TableName: asked.TableName };
    if (asked.ReturnConsumedCapacity === "INDEXES") capacity.Table = { CapacityUnits: units };
    last = isRead ? undefined : capacity;
    return capacity;
  };

  const { updateIndexes, queryTable } = db;
  db.updateIndexes = (store, table, before, after, done) => {
    if (last !== undefined) addIndexes(last, table, before, after ?? undefined);
    last = undefined;
    updateIndexes(store, table, before, after, done);
  };

  db.queryTable = (...args) => {
    const done = args.pop() as Done;
    const { ConsistentRead } = args[2] as Asked;
    queryTable(...args, (error, result) => {
      const capacity = result?.ConsumedCapacity;
      if (capacity?.CapacityUnits === 0) atLeast(capacity, ConsistentRead ? 1 : 0.5);
      done(error, result);
    });
  };
}

function addIndexes(capacity: Capacity, table: IndexedTable, before: Item | undefined, after: Item | undefined): void {
  const tableKeys = table.KeySchema.map(({ AttributeName }) => AttributeName);
  for (const kind of ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] as const) {
    for (const index of table[kind] ?? []) {
      const units = indexWriteUnits(index, tableKeys, before, after);
      if (units === 0) continue;
      capacity.CapacityUnits += units;
      // `Table` is there when the caller asked for `INDEXES`: the units of each index.
      if (capacity.Table) capacity[kind] = { ...capacity[kind], [index.IndexName]: { CapacityUnits: units } };
    }
  }
}

function atLeast(capacity: Capacity, units: number): void {
  capacity.CapacityUnits = units;
  const index = Object.values({ ...capacity.GlobalSecondaryIndexes, ...capacity.LocalSecondaryIndexes })[0];
  const part = index ?? capacity.Table;
  if (part) part.CapacityUnits = units;
}

const parameter = "ReturnValuesOnConditionCheckFailure";

/**
 * Makes dynalite send the item along with a failed condition when the caller asks for it.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
 */
function answerConditions(db: Db): void {
  for (const action of ["putItem", "updateItem", "deleteItem"]) {
    // The parameters that dynalite knows; it drops all others.
    const { types } = require(`dynalite/validations/${action}`) as { types: Record<string, unknown> };
    types[parameter] = { type: "String", enum: ["ALL_OLD", "NONE"] };
  }
  const { checkConditional } = db;
  db.checkConditional = (asked, existing) => {
    const failure = checkConditional(asked, existing);
    if (failure?.body && existing && asked[parameter] === "ALL_OLD") failure.body.Item = existing;
    return failure;
  };
}
