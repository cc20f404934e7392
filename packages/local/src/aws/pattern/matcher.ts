import { BlockList, isIP } from "node:net";
import { isObject } from "../request.ts";
import { anythingBut } from "./anything-but.ts";
import { PatternFault } from "./fault.ts";
import type { Matcher, Matches } from "./match.ts";
import { numeric } from "./numeric.ts";
import { affix, equalsIgnoreCase, onText, textOf } from "./text.ts";
import { wildcard } from "./wildcard.ts";

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
