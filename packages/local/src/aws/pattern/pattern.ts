import { isObject } from "../request.ts";
import { PatternFault } from "./fault.ts";
import { type Field, fieldsOf } from "./field.ts";
import { type Matcher, matcher } from "./matcher.ts";

/** Whether an event matches. */
export type Pattern = (event: Record<string, unknown>) => boolean;

/** What must hold at one path: one of the matchers. */
interface Condition {
  path: string;
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
  const alternatives = alternativesOf(pattern, []);
  return (event) => {
    const fields = Map.groupBy(fieldsOf(event), ({ path }) => path);
    return alternatives.some((conditions) => holds(conditions, fields, new Map()));
  };
}

/** The pattern as a list of lists: one of the outer, all of the inner. */
function alternativesOf(pattern: Record<string, unknown>, parents: string[]): Condition[][] {
  const parts = Object.entries(pattern);
  if (parts.length === 0) throw new PatternFault("Empty objects are not allowed");
  return parts.reduce<Condition[][]>(
    (all, [key, value]) => {
      const next = key === "$or" && isOr(value) ? orOf(value, parents) : fieldOf(key, value, parents);
      return all.flatMap((conditions) => next.map((more) => [...conditions, ...more]));
    },
    [[]],
  );
}

function isOr(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 1 && value.every(isObject);
}

function orOf(parts: Record<string, unknown>[], parents: string[]): Condition[][] {
  return parts.flatMap((part) => alternativesOf(part, parents));
}

function fieldOf(key: string, value: unknown, parents: string[]): Condition[][] {
  const path = [...parents, key];
  if (isObject(value)) return alternativesOf(value, path);
  if (!Array.isArray(value)) throw new PatternFault(`"${key}" must be an object or an array`);
  if (value.length === 0) throw new PatternFault("Empty arrays are not allowed");
  return [[{ path: path.join("."), matchers: value.map(matcher) }]];
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
