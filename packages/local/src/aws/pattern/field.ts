import { isObject } from "../request.ts";
import type { Leaf } from "./match.ts";

/** One value of an event. */
export interface Field {
  /** Keys from the top, joined by dots: a key with a dot in it reads like two, as on AWS. */
  path: string;
  value: Leaf;
  /** The arrays on the way and which of their items. */
  within: ReadonlyMap<string, number>;
}

/** All values of an event; the items of an array have the array's path. Empty arrays and objects have none. */
export function* fieldsOf(
  value: unknown,
  path: readonly string[] = [],
  within: ReadonlyMap<string, number> = new Map(),
): Generator<Field> {
  if (Array.isArray(value)) {
    const array = `${path.join(".")}/${within.size}`;
    for (const [index, item] of value.entries()) yield* fieldsOf(item, path, new Map([...within, [array, index]]));
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) yield* fieldsOf(item, [...path, key], within);
  } else {
    yield { path: path.join("."), value: value as Leaf, within }; // JSON has nothing else
  }
}
