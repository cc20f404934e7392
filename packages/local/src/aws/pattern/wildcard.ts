import { PatternFault } from "./fault.ts";

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
