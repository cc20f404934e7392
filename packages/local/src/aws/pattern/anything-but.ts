import { isObject } from "../request.ts";
import { PatternFault } from "./fault.ts";
import type { Matcher, Matches } from "./match.ts";
import { affix, equalsIgnoreCase, textOf } from "./text.ts";
import { wildcard } from "./wildcard.ts";

/**
 * Reads an `anything-but` operand: a text or a number, a list of either, or one operator over texts. It matches a field
 * that is there and holds something else.
 */
export function anythingBut(operand: unknown): Matcher {
  const { excluded, wildcards } = isObject(operand) ? byOperator(operand) : { excluded: byValue(operand) };
  return { matches: (value) => !excluded.some((matches) => matches(value)), ...(wildcards && { wildcards }) };
}

function shapeFault(): PatternFault {
  return new PatternFault("Value of anything-but must be an array or single string/number value.");
}

function byValue(operand: unknown): Matches[] {
  if (!Array.isArray(operand) && !isScalar(operand)) throw shapeFault();
  const values: unknown[] = [operand].flat();
  for (const value of values) {
    if (!isScalar(value)) throw new PatternFault("Inside anything but list, start|null|boolean is not supported.");
  }
  if (new Set(values.map((value) => typeof value)).size !== 1) {
    throw new PatternFault(
      "Inside anything but list, either all values are number or string, mixed type is not supported",
    );
  }
  return values.map((item) => (value) => value === item);
}

function byOperator(operand: Record<string, unknown>): { excluded: Matches[]; wildcards?: string[] } {
  const [first, second] = Object.entries(operand);
  if (first === undefined) throw new PatternFault("Anything-But expression name not found");
  const [operator, given] = first;
  const read = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (read === undefined) throw new PatternFault(`Unsupported anything-but pattern: ${operator}`);
  if (!Array.isArray(given) && !isScalar(given)) throw shapeFault();
  const items: unknown[] = [given].flat();
  const excluded = items.map(read);
  if (second !== undefined) throw new PatternFault("Too many elements in numeric expression"); // AWS's words
  return operator === "wildcard" ? { excluded, wildcards: items.map(String) } : { excluded };
}

const operators: Record<string, (item: unknown) => Matches> = {
  prefix: (item) => affixBut("prefix", item),
  suffix: (item) => affixBut("suffix", item),
  "equals-ignore-case": (item) => {
    const fault = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";
    return equalsIgnoreCase(textOf(item, fault));
  },
  wildcard,
};

function affixBut(kind: "prefix" | "suffix", item: unknown): Matches {
  if (textOf(item, "prefix/suffix match pattern must be a string") !== "") return affix(kind, item);
  throw new PatternFault("Null prefix/suffix not allowed");
}

function isScalar(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
