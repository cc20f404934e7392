import { PatternFault } from "./fault.ts";

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
