import { Refusal } from "./problem.ts";

/**
 * Parses a body as I-JSON (RFC 7493): JSON that every program reads alike. Two members of one name, half of a surrogate
 * pair and what was not UTF-8 are refused. A number that a double cannot hold becomes NaN, which no schema accepts, so
 * that its member is named.
 *
 * Throws `body_not_json`.
 */
export function parseIJson(text: string): unknown {
  // API Gateway passes JSON as text, so bytes that are no UTF-8 come as U+FFFD.
  if (text.includes("\ufffd")) throw new Refusal("body_not_json");
  const value = parse(text);
  if (hasTwins(text)) throw new Refusal("body_not_json", { detail: "twins" });
  return value;
}

function parse(text: string): unknown {
  let wellFormed = true;
  const check = (name: string, value: unknown, source: string | undefined) => {
    if (!name.isWellFormed() || (typeof value === "string" && !value.isWellFormed())) wellFormed = false;
    return typeof value === "number" && source !== undefined && isRounded(source, value) ? Number.NaN : value;
  };
  let value: unknown;
  try {
    value = JSON.parse(text, (name, each, context?: { source?: string }) => check(name, each, context?.source));
  } catch {
    // The parser's message quotes the body, so it goes no further.
    throw new Refusal("body_not_json");
  }
  if (!wellFormed) throw new Refusal("body_not_json", { detail: "surrogate" });
  return value;
}

/** Whether an object in a JSON text has two members of one name, however their names are written. */
function hasTwins(json: string): boolean {
  const open: Set<string>[] = [];
  for (const [token, name] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (name !== undefined) {
      const names = open.at(-1);
      const plain: string = JSON.parse(name);
      if (names?.has(plain)) return true;
      names?.add(plain);
    }
  }
  return false;
}

/** Whether a number is another one than its literal: 9007199254740991.4 is, 100.0 and 1e2 are not. */
const isRounded = (literal: string, value: number): boolean => significant(literal) !== significant(String(value));

/** The digits of a number and their power of ten, in one spelling. */
function significant(literal: string): string {
  const [, sign = "", whole = "", fraction = "", power = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(literal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  if (end === 0) return "0";
  return `${sign}${digits.slice(0, end)}e${Number(power) - fraction.length + digits.length - end}`;
}
