import { isObject } from "../request.ts";

/** A pattern that PutRule and TestEventPattern would refuse; the message is AWS's reason. */
export class PatternFault extends Error {}

/** A value at the end of a path in an event. */
export type Leaf = string | number | boolean | null;
export type Matches = (value: Leaf) => boolean;

/**
 * One item of the list that a pattern holds for a field. `absent`: it asks for the field not to be there. `wildcards`:
 * the texts with wildcards in it, from which its cost is counted.
 */
export type Matcher = { matches: Matches; wildcards?: string[] } | { absent: true };

/** @throws {PatternFault} with the given message when the operand is no text */
export function textOf(operand: unknown, fault: string): string {
  if (typeof operand !== "string") throw new PatternFault(fault);
  return operand;
}

export function onText(test: (value: string) => boolean): Matches {
  return (value) => typeof value === "string" && test(value);
}

export function equalsIgnoreCase(expected: string): Matches {
  return onText((value) => value.toLowerCase() === expected.toLowerCase());
}

/** Reads the operand of `prefix` or `suffix`: a text, or `{ "equals-ignore-case": text }`. */
export function affix(kind: "prefix" | "suffix", operand: unknown): Matches {
  if (isObject(operand)) {
    const expected = ignoredCaseOf(kind, operand).toLowerCase();
    return onText((value) => holds(kind, value.toLowerCase(), expected));
  }
  const expected = textOf(operand, `${kind} match pattern must be a string`);
  return onText((value) => holds(kind, value, expected));
}

function holds(kind: "prefix" | "suffix", value: string, expected: string): boolean {
  return kind === "prefix" ? value.startsWith(expected) : value.endsWith(expected);
}

function ignoredCaseOf(kind: "prefix" | "suffix", operand: Record<string, unknown>): string {
  const [first, second] = Object.entries(operand);
  if (first === undefined) {
    throw new PatternFault(`${kind === "prefix" ? "Prefix" : "Suffix"} expression name not found`);
  }
  const [name, expected] = first;
  if (name !== "equals-ignore-case") throw new PatternFault(`Unsupported ${kind} pattern: ${name}`);
  const text = textOf(expected, "equals-ignore-case match pattern must be a string");
  if (second !== undefined) throw new PatternFault("Only one key allowed in match expression");
  return text;
}

/** The wildcard among the signs of a text; all other signs are single characters. */
export const anything = "any";

/**
 * Reads a `wildcard` operand: `*` stands for any characters, none too, `\*` and `\\` for themselves.
 *
 * @throws {PatternFault} for what AWS refuses, except the cost (`checkComplexity`), which depends on the whole field
 */
export function wildcard(operand: unknown): (value: unknown) => boolean {
  if (typeof operand !== "string") throw new PatternFault("wildcard match pattern must be a string");
  const source = signsOf(operand).map((sign) => (sign === anything ? ".*" : literal(sign)));
  const expression = new RegExp(`^${source.join("")}$`, "s");
  return (value) => typeof value === "string" && expression.test(value);
}

/** The operand as characters and wildcards, without its escapes. */
export function signsOf(operand: string): string[] {
  const signs: string[] = [];
  for (let at = 0; at < operand.length; at++) {
    const sign = operand[at] ?? "";
    if (sign === "*") {
      if (operand[at + 1] === "*") throw new PatternFault(`Consecutive wildcard characters at pos ${at + 1}`);
      signs.push(anything);
    } else if (sign === "\\") {
      at++;
      const escaped = operand[at];
      if (escaped !== "*" && escaped !== "\\") throw new PatternFault(`Invalid escape character at pos ${at - 1}`);
      signs.push(escaped);
    } else {
      signs.push(sign);
    }
  }
  return signs;
}

function literal(sign: string): string {
  return sign.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/**
 * Reads a `numeric` operand: `["=", 5]`, one bound as `["<", 5]`, or a lower and an upper one as `[">", 0, "<=", 5]`.
 * Only numbers match, no text that holds one.
 */
export function numeric(operand: unknown): (value: unknown) => boolean {
  if (!Array.isArray(operand)) throw new PatternFault("Value of numeric must be an array.");
  const [sign, bound, upperSign, upperBound, ...more] = operand as unknown[];
  if (typeof sign !== "string") throw new PatternFault(`Invalid member in numeric match: ${sign ?? "]"}`);
  const test = comparison(sign, bound);
  if (operand.length <= 2) return (value) => typeof value === "number" && test(value);
  if (!sign.startsWith(">")) throw new PatternFault("Too many elements in numeric expression");
  if (typeof upperSign !== "string") throw new PatternFault(`Bad value in numeric range: ${upperSign}`);
  if (upperSign !== "<" && upperSign !== "<=") throw new PatternFault(`Bad numeric range operator: ${upperSign}`);
  const upperTest = comparison(upperSign, upperBound);
  if (more.length > 0) throw new PatternFault("Too many terms in numeric range expression");
  if (Number(bound) >= Number(upperBound)) throw new PatternFault("Bottom must be less than top");
  return (value) => typeof value === "number" && test(value) && upperTest(value);
}

const comparisons: Record<string, (value: number, bound: number) => boolean> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

function comparison(sign: string, bound: unknown): (value: number) => boolean {
  const compare = Object.hasOwn(comparisons, sign) ? comparisons[sign] : undefined;
  if (compare === undefined) throw new PatternFault(`Unrecognized numeric range operator: ${sign}`);
  if (typeof bound !== "number") throw new PatternFault(`Value of ${sign === "=" ? "equals" : sign} must be numeric`);
  return (value) => compare(value, bound);
}
