import { createRequire } from "node:module";
import { type Index, type Item, indexWriteUnits, itemBytes, writeUnits } from "../../aws/capacity.ts";

interface IndexedTable {
  KeySchema: { AttributeName: string }[];
  GlobalSecondaryIndexes?: Index[];
  LocalSecondaryIndexes?: Index[];
}

interface Asked {
  TableName: string;
  ReturnConsumedCapacity?: string;
  ConsistentRead?: boolean;
}

interface Capacity {
  CapacityUnits: number;
  TableName: string;
  Table?: { CapacityUnits: number };
  GlobalSecondaryIndexes?: Record<string, { CapacityUnits: number }>;
  LocalSecondaryIndexes?: Record<string, { CapacityUnits: number }>;
}

type Done = (error: unknown, result?: { ConsumedCapacity?: Capacity }) => void;

/** The parts of dynalite's own `db` module that count; its actions call them through the module. */
interface Db {
  itemSize: (item: Item) => number;
  addConsumedCapacity: (asked: Asked, isRead: boolean, before?: Item, after?: Item) => Capacity | undefined;
  updateIndexes: (
    store: unknown,
    table: IndexedTable,
    before: Item | undefined,
    after: Item | undefined,
    done: unknown,
  ) => void;
  queryTable: (...args: [...unknown[], Done]) => void;
}

let counted = false;

/**
 * Makes dynalite count as DynamoDB does, where it does not: bytes of UTF-8 and not characters, what a write costs in
 * the indexes, and at least one unit for a read that finds nothing.
 */
export function countCapacity(): void {
  if (counted) return;
  counted = true;
  const db = createRequire(import.meta.url)("dynalite/db") as Db;
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
      // With `INDEXES` it is told apart; `Table` says so.
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
