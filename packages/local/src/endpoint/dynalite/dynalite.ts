import type { Server } from "node:http";
import { createRequire } from "node:module";
import dynalite from "dynalite";
import { type Index, type Item, indexWriteUnits, itemBytes, writeUnits } from "../../aws/capacity.ts";
import { guard } from "../guard.ts";

export interface Dynalite {
  url: string;
  stop: () => Promise<void>;
}

/**
 * Starts dynalite (DynamoDB) on a free loopback port, its tables in the folder `path` or, without it, in memory. With an
 * `accessKeyId` it answers only who signs with that one.
 */
export async function startDynalite(options: { path?: string; accessKeyId?: string }): Promise<Dynalite> {
  repair();
  const server: Server = dynalite({
    createTableMs: 0,
    updateTableMs: 0,
    deleteTableMs: 0,
    ...(options.path === undefined ? {} : { path: options.path }),
  });
  if (options.accessKeyId !== undefined) guard(server, options.accessKeyId);
  // Longer than any client keeps an idle connection, so that no request meets one that is just being closed.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("dynalite did not get a port");
  return { url: `http://127.0.0.1:${address.port}`, stop: () => stop(server) };
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeIdleConnections();
    // Requests still under way get a moment: dynalite throws when its store closes under one.
    setTimeout(() => server.closeAllConnections(), 1_000).unref();
  });
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
