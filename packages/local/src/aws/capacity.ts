import { isDeepStrictEqual } from "node:util";

/** A value as DynamoDB's JSON has it: one type and what it holds, e.g. `{ S: "text" }`. */
export type AttributeValue = Record<string, unknown>;
export type Item = Record<string, AttributeValue>;

/**
 * Size of an item in bytes, by which DynamoDB limits it and counts capacity units: names and text in UTF-8.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  const [type, held] = Object.entries(value)[0] ?? [];
  switch (type) {
    case "S":
      return Buffer.byteLength(String(held));
    case "B":
      return Buffer.from(String(held), "base64").length;
    case "N":
      return numberBytes(String(held));
    case "SS":
    case "NS":
    case "BS":
      return list(held).reduce<number>((sum, one) => sum + valueBytes({ [type.slice(0, 1)]: one }), 0);
    case "L":
      return list(held).reduce<number>((sum, one) => sum + 1 + valueBytes(one as AttributeValue), 3);
    case "M":
      return 3 + Object.keys(held as Item).length + itemBytes(held as Item);
    default:
      // BOOL and NULL.
      return 1;
  }
}

/** One byte for two significant digits, and one more; zeros at both ends do not count. */
function numberBytes(text: string): number {
  const [mantissa = ""] = text.toLowerCase().split("e");
  const digits = mantissa.replace(/[-+.]/g, "").replace(/^0+|0+$/g, "").length;
  return digits === 0 ? 1 : Math.ceil(digits / 2) + 1 + (text.startsWith("-") ? 1 : 0);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** An index as DynamoDB describes it, as far as it matters to what a write costs. */
export interface Index {
  IndexName: string;
  KeySchema: { AttributeName: string }[];
  Projection: { ProjectionType: string; NonKeyAttributes?: string[] };
}

/** Write capacity units of an item: one for each started KB, at least one. */
export function writeUnits(item: Item | undefined): number {
  return Math.max(1, Math.ceil((item === undefined ? 0 : itemBytes(item)) / 1024));
}

/**
 * Write capacity units that a change of one item costs in an index: one write to put it in, to take it out or to change
 * what is projected; two when its key in the index changes; none when nothing of it is in the index.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
export function indexWriteUnits(index: Index, tableKeys: string[], before: Item | undefined, after: Item | undefined) {
  const keys = index.KeySchema.map(({ AttributeName }) => AttributeName);
  const old = projected(index, keys, tableKeys, before);
  const now = projected(index, keys, tableKeys, after);
  if (old === undefined || now === undefined) return old || now ? writeUnits(old ?? now) : 0;
  if (keys.some((key) => !same(old[key], now[key]))) return writeUnits(old) + writeUnits(now);
  return same(old, now) ? 0 : Math.max(writeUnits(old), writeUnits(now));
}

/** What of an item is in the index; undefined when it lacks a key of the index and so is not in it. */
function projected({ Projection }: Index, keys: string[], tableKeys: string[], item: Item | undefined) {
  if (item === undefined || keys.some((key) => item[key] === undefined)) return undefined;
  if (Projection.ProjectionType === "ALL") return { ...item };
  const names = [...keys, ...tableKeys, ...(Projection.NonKeyAttributes ?? [])];
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}

/** dynalite's own items have no prototype. */
function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other, { skipPrototype: true });
}
