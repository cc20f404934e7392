import { isObject } from "../request.ts";
import { checkComplexity } from "./complexity.ts";
import { matcher } from "./matcher.ts";
import { type Leaf, type Matcher, PatternFault } from "./operator.ts";

/** Whether an event matches. */
export type Pattern = (event: Record<string, unknown>) => boolean;

/** What must hold at one path: one of the matchers. */
interface Condition {
  path: string;
  /** The list as it is written. */
  written: string;
  matchers: Matcher[];
}

/**
 * Reads an EventBridge event pattern: every field it names must match one of its items, `$or` holds when one of its
 * parts does, and conditions on the items of one array must be met by the same item.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 *
 * @throws {PatternFault} for what AWS refuses
 */
export function readPattern(pattern: unknown): Pattern {
  if (!isObject(pattern)) throw new PatternFault("Filter is not an object");
  const alternatives = alternativesOf(pattern, { parents: [], inOr: false });
  for (const matchers of machinesOf(alternatives)) checkComplexity(matchers);
  return (event) => {
    const fields = Map.groupBy(fieldsOf(event), ({ path }) => path);
    return alternatives.some((conditions) => holds(conditions, fields, new Map()));
  };
}

/** Where in the pattern something stands: below which keys, and whether inside `$or`. */
interface Position {
  parents: string[];
  inOr: boolean;
}

/** The pattern as a list of lists: one of the outer, all of the inner. */
function alternativesOf(pattern: Record<string, unknown>, position: Position): Condition[][] {
  const parts = Object.entries(pattern);
  if (parts.length === 0) throw new PatternFault("Empty objects are not allowed");
  return parts.reduce<Condition[][]>(
    (all, [key, value]) => {
      const next = key === "$or" ? orOf(value, position) : fieldOf(key, value, position);
      return all.flatMap((conditions) => next.map((more) => [...conditions, ...more]));
    },
    [[]],
  );
}

function orOf(parts: unknown, { parents }: Position): Condition[][] {
  if (!Array.isArray(parts)) throw new PatternFault("It must be an Array followed with $or.");
  const alternatives = parts.flatMap((part: unknown) => {
    if (!isObject(part)) throw new PatternFault("Only JSON object is allowed in array of $or relationship.");
    return alternativesOf(part, { parents, inOr: true });
  });
  if (parts.length < 2) throw new PatternFault("There must have at least 2 Objects in $or relationship.");
  return alternatives;
}

function fieldOf(key: string, value: unknown, { parents, inOr }: Position): Condition[][] {
  if (inOr && reserved.has(key)) {
    throw new PatternFault(`${key} is Ruler reserved fieldName which cannot be used inside $or.`);
  }
  const path = [...parents, key];
  if (isObject(value)) return alternativesOf(value, { parents: path, inOr });
  if (!Array.isArray(value)) throw new PatternFault(`"${key}" must be an object or an array`);
  if (value.length === 0) throw new PatternFault("Empty arrays are not allowed");
  return [[{ path: path.join("."), written: JSON.stringify(value), matchers: value.map(matcher) }]];
}

/** Inside `$or` an operator in the place of a field is taken for a mistake, also one that is kept for later. */
const reserved = new Set([
  ...["exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists", "wildcard", "numeric", "cidr"],
  ...["=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case"],
  ...["date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range"],
  ...["ip-address-in-range", "ip-address-not-in-range"],
]);

/**
 * The lists for one field that one machine matches on AWS: those of all alternatives that ask the same of the fields before
 * it. Fields are matched in the order of their paths.
 */
function machinesOf(alternatives: Condition[][]): Matcher[][] {
  const machines = new Map<string, Map<string, Matcher[]>>();
  for (const conditions of alternatives) {
    let before = "";
    for (const { path, written, matchers } of conditions.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
      const lists = machines.get(before + path) ?? new Map<string, Matcher[]>();
      machines.set(before + path, lists.set(written, matchers));
      before += `${path} ${written} `;
    }
  }
  return [...machines.values()].map((lists) => [...lists.values()].flat());
}

/** @param within which item of which array the conditions so far were met in */
function holds(conditions: Condition[], fields: Map<string, Field[]>, within: ReadonlyMap<string, number>): boolean {
  const [condition, ...others] = conditions;
  if (condition === undefined) return true;
  const found = fields.get(condition.path) ?? [];
  if (found.length === 0) {
    return condition.matchers.some((it) => "absent" in it) && holds(others, fields, within);
  }
  return found.some(
    (field) =>
      [...field.within].every(([array, index]) => (within.get(array) ?? index) === index) &&
      condition.matchers.some((it) => "matches" in it && it.matches(field.value)) &&
      holds(others, fields, new Map([...within, ...field.within])),
  );
}

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
