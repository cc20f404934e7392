import { PatternFault } from "./fault.ts";

/**
 * Reads a `wildcard` operand: `*` stands for any characters, `\*` and `\\` for themselves. AWS also refuses operands
 * that are too expensive to match; that limit is not published and not kept here.
 */
export function wildcard(operand: unknown): (value: unknown) => boolean {
  if (typeof operand !== "string") throw new PatternFault("wildcard match pattern must be a string");
  let source = "";
  for (let at = 0; at < operand.length; at++) {
    const sign = operand[at] ?? "";
    if (sign === "*") {
      if (operand[at + 1] === "*") throw new PatternFault(`Consecutive wildcard characters at pos ${at + 1}`);
      source += ".*";
    } else if (sign === "\\") {
      at++;
      const escaped = operand[at];
      if (escaped !== "*" && escaped !== "\\") throw new PatternFault(`Invalid escape character at pos ${at - 1}`);
      source += literal(escaped);
    } else {
      source += literal(sign);
    }
  }
  const expression = new RegExp(`^${source}$`, "s");
  return (value) => typeof value === "string" && expression.test(value);
}

function literal(sign: string): string {
  return sign.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
