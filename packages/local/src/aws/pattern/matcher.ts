import { BlockList, isIP } from "node:net";
import { isObject } from "../request.ts";
import {
  affix,
  equalsIgnoreCase,
  type Matcher,
  type Matches,
  numeric,
  onText,
  PatternFault,
  textOf,
  wildcard,
} from "./operator.ts";

/**
 * Reads one item: a value to be equal to, or an object with one operator.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html; the words of the
 * faults are those of recordings of AWS (2025-10-15) and of aws/event-ruler.
 */
export function matcher(item: unknown): Matcher {
  if (!isObject(item)) {
    if (Array.isArray(item)) throw new PatternFault("Match value must be String, number, true, false, or null");
    return { matches: (value) => value === item };
  }
  const [first, second] = Object.entries(item);
  if (first === undefined) throw new PatternFault("Match expression name not found");
  const [operator, operand] = first;
  const read = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (read === undefined) throw new PatternFault(`Unrecognized match type ${operator}`);
  const result = read(operand);
  if (second === undefined) return result;
  throw new PatternFault(
    operator === "numeric" || operator === "anything-but"
      ? "Too many elements in numeric expression"
      : "Only one key allowed in match expression",
  );
}

const operators: Record<string, (operand: unknown) => Matcher> = {
  exists,
  prefix: (operand) => ({ matches: affix("prefix", operand) }),
  suffix: (operand) => ({ matches: affix("suffix", operand) }),
  "equals-ignore-case": (operand) => ({
    matches: equalsIgnoreCase(textOf(operand, "equals-ignore-case match pattern must be a string")),
  }),
  wildcard: (operand) => ({ matches: wildcard(operand), wildcards: [String(operand)] }),
  numeric: (operand) => ({ matches: numeric(operand) }),
  cidr: (operand) => ({ matches: cidr(operand) }),
  "anything-but": anythingBut,
};

function exists(operand: unknown): Matcher {
  if (typeof operand !== "boolean") throw new PatternFault("exists match pattern must be either true or false.");
  return operand ? { matches: () => true } : { absent: true };
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
  const read = Object.hasOwn(butOperators, operator) ? butOperators[operator] : undefined;
  if (read === undefined) throw new PatternFault(`Unsupported anything-but pattern: ${operator}`);
  if (!Array.isArray(given) && !isScalar(given)) throw shapeFault();
  const items: unknown[] = [given].flat();
  const excluded = items.map(read);
  if (second !== undefined) throw new PatternFault("Too many elements in numeric expression"); // AWS's words
  return operator === "wildcard" ? { excluded, wildcards: items.map(String) } : { excluded };
}

const butOperators: Record<string, (item: unknown) => Matches> = {
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
