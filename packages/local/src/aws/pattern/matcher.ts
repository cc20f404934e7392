import { BlockList, isIP } from "node:net";
import { isObject } from "../request.ts";
import { PatternFault } from "./fault.ts";
import { numeric } from "./numeric.ts";
import { wildcard } from "./wildcard.ts";

/** A value at the end of a path in an event. */
export type Leaf = string | number | boolean | null;
export type Matches = (value: Leaf) => boolean;

/** One item of the list that a pattern holds for a field. `absent`: it asks for the field not to be there. */
export type Matcher = { matches: Matches } | { absent: true };

/**
 * Reads one item: a value to be equal to, or an object with one operator.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html; the words of the
 * faults are those of recordings of AWS (2025-10-15).
 */
export function matcher(item: unknown): Matcher {
  if (!isObject(item)) {
    if (Array.isArray(item)) throw new PatternFault("Match value must be String, number, true, false, or null");
    return { matches: (value) => value === item };
  }
  const [[operator, operand] = ["", undefined], more] = Object.entries(item);
  if (more !== undefined) throw new PatternFault("Only one key allowed in match expression");
  if (operator === "exists") {
    if (typeof operand !== "boolean") throw new PatternFault("exists match pattern must be either true or false.");
    return operand ? { matches: () => true } : { absent: true };
  }
  return { matches: operators[operator]?.(operand) ?? unknown(operator) };
}

const operators: Record<string, (operand: unknown) => Matches> = {
  prefix: (operand) => affix("prefix", operand),
  suffix: (operand) => affix("suffix", operand),
  "equals-ignore-case": (operand) =>
    equalsIgnoreCase(textOf(operand, "equals-ignore-case match pattern must be a string")),
  wildcard: (operand) => wildcard(operand),
  numeric,
  cidr,
  "anything-but": anythingBut,
};

function unknown(operator: string): never {
  throw new PatternFault(`Unrecognized match type ${operator}`);
}

function textOf(operand: unknown, fault: string): string {
  if (typeof operand !== "string") throw new PatternFault(fault);
  return operand;
}

function onText(test: (value: string) => boolean): Matches {
  return (value) => typeof value === "string" && test(value);
}

function equalsIgnoreCase(expected: string): Matches {
  return onText((value) => value.toLowerCase() === expected.toLowerCase());
}

function affix(kind: "prefix" | "suffix", operand: unknown): Matches {
  const ignoreCase = isObject(operand) && "equals-ignore-case" in operand;
  const given = ignoreCase ? operand["equals-ignore-case"] : operand;
  const fold = (value: string) => (ignoreCase ? value.toLowerCase() : value);
  const expected = fold(textOf(given, `${kind} match pattern must be a string`));
  return onText((value) => (kind === "prefix" ? fold(value).startsWith(expected) : fold(value).endsWith(expected)));
}

function cidr(operand: unknown): Matches {
  const [network = "", bits, more] = textOf(operand, "prefix match pattern must be a string").split("/");
  if (bits === undefined || more !== undefined) throw new PatternFault("Malformed CIDR, one '/' required");
  if (!/^\d+$/.test(bits)) throw new PatternFault("Malformed CIDR, mask bits must be an integer");
  const family = isIP(network);
  if (family === 0) throw new PatternFault(`Nonstandard IP address: ${network}`);
  const kind = family === 4 ? "ipv4" : "ipv6";
  if (Number(bits) > (family === 4 ? 32 : 128)) throw new PatternFault("Malformed CIDR, mask bits too large");
  const list = new BlockList();
  list.addSubnet(network, Number(bits), kind);
  return onText((value) => isIP(value) === family && list.check(value, kind));
}

/** Matches a field that is there and holds something else. */
function anythingBut(operand: unknown): Matches {
  const excluded = isObject(operand) ? excludedByOperator(operand) : excludedValues(operand);
  return (value) => !excluded.some((matches) => matches(value));
}

const excludedShape = "Value of anything-but must be an array or single string/number value.";

function excludedValues(operand: unknown): Matches[] {
  if (!Array.isArray(operand) && !isScalar(operand)) throw new PatternFault(excludedShape);
  const values: unknown[] = [operand].flat();
  if (values.length === 0) throw new PatternFault("Empty arrays are not allowed");
  return values.map((item) => {
    if (isScalar(item)) return (value) => value === item;
    throw new PatternFault("Inside anything but list, start|null|boolean is not supported.");
  });
}

function excludedByOperator(operand: Record<string, unknown>): Matches[] {
  const [[operator, given] = ["", undefined], more] = Object.entries(operand);
  if (more !== undefined) throw new PatternFault("Only one key allowed in match expression");
  if (isObject(given)) throw new PatternFault(excludedShape);
  const items: unknown[] = [given].flat();
  switch (operator) {
    case "prefix":
    case "suffix":
      return items.map((item) => {
        if (textOf(item, "prefix/suffix match pattern must be a string") !== "") return affix(operator, item);
        throw new PatternFault("Null prefix/suffix not allowed");
      });
    case "equals-ignore-case": {
      const fault = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";
      return items.map((item) => equalsIgnoreCase(textOf(item, fault)));
    }
    case "wildcard":
      return items.map(wildcard);
    default:
      throw new PatternFault(`Unsupported anything-but pattern: ${operator}`);
  }
}

function isScalar(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
