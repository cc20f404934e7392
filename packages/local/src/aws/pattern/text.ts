import { isObject } from "../request.ts";
import { PatternFault } from "./fault.ts";
import type { Matches } from "./match.ts";

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
