import { listOf, type Node, nodeAt } from "./tree.ts";

/** A replacement of part of a source. */
interface Change {
  kind: string;
  start: number;
  end: number;
  replacement: string;
}

type Changes = (node: Node, source: string) => Change[];

const swapped: Record<string, { kind: string; by: string[] }> = {
  "===": { kind: "comparison", by: ["!=="] },
  "!==": { kind: "comparison", by: ["==="] },
  "<": { kind: "boundary", by: ["<=", ">="] },
  "<=": { kind: "boundary", by: ["<", ">"] },
  ">": { kind: "boundary", by: [">=", "<="] },
  ">=": { kind: "boundary", by: [">", "<"] },
  "+": { kind: "arithmetic", by: ["-"] },
  "-": { kind: "arithmetic", by: ["+"] },
  "*": { kind: "arithmetic", by: ["/"] },
  "/": { kind: "arithmetic", by: ["*"] },
  "%": { kind: "arithmetic", by: ["*"] },
  "**": { kind: "arithmetic", by: ["*"] },
  "&&": { kind: "condition", by: ["||"] },
  "||": { kind: "condition", by: ["&&"] },
  "??": { kind: "condition", by: ["&&"] },
};

const methods: Record<string, string> = {
  some: "every",
  every: "some",
  startsWith: "endsWith",
  endsWith: "startsWith",
  toLowerCase: "toUpperCase",
  toUpperCase: "toLowerCase",
  min: "max",
  max: "min",
};
/** Methods whose result is of the type of what they are called on, so that leaving them out still compiles. */
const dropped = new Set(["trim", "filter", "slice", "sort", "toSorted", "reverse", "toReversed", "flat", "replace"]);

/** What can be changed at a node, by its type. */
export const changesOf: Record<string, Changes> = {
  IfStatement: (node) => conditions(node, ["true", "false"]),
  ConditionalExpression: (node) => conditions(node, ["true", "false"]),
  WhileStatement: (node) => conditions(node, ["false"]),
  BinaryExpression: operators,
  LogicalExpression: operators,
  UnaryExpression: (node) => {
    const argument = nodeAt(node, "argument");
    if (argument === undefined || (node.operator !== "!" && node.operator !== "-")) return [];
    return [{ kind: "sign", start: node.start, end: argument.start, replacement: "" }];
  },
  Literal: literals,
  TemplateLiteral: (node) => [{ kind: "string", start: node.start, end: node.end, replacement: "``" }],
  ObjectExpression: (node, source) =>
    elements(node, listOf(node, "properties"), { kind: "property", empty: "{}" }, source),
  ArrayExpression: (node, source) => elements(node, listOf(node, "elements"), { kind: "element", empty: "[]" }, source),
  ExpressionStatement: (node) => ("directive" in node && node.directive ? [] : [removed("statement", node)]),
  ThrowStatement: (node) => [removed("statement", node)],
  ReturnStatement: (node) => (node.argument === null ? [removed("statement", node)] : []),
  CallExpression: calls,
};

function removed(kind: string, { start, end }: Node): Change {
  return { kind, start, end, replacement: "{}" };
}

function conditions(node: Node, values: string[]): Change[] {
  const test = nodeAt(node, "test");
  if (test === undefined) return [];
  return values.map((replacement) => ({ kind: "condition", start: test.start, end: test.end, replacement }));
}

function operators(node: Node, source: string): Change[] {
  const [left, right] = [nodeAt(node, "left"), nodeAt(node, "right")];
  const operator = String(node.operator);
  const swap = Object.hasOwn(swapped, operator) ? swapped[operator] : undefined;
  if (left === undefined || right === undefined || swap === undefined) return [];
  if (operator === "+" && [left, right].some(isText)) return [];
  // Between the two there is nothing but the operator, white space, parentheses and comments.
  const at = left.end + source.slice(left.end, right.start).indexOf(operator);
  return swap.by.map((by) => ({ kind: swap.kind, start: at, end: at + operator.length, replacement: by }));
}

function isText({ type, value }: Node): boolean {
  return type === "TemplateLiteral" || (type === "Literal" && typeof value === "string");
}

function literals({ value, start, end, regex }: Node): Change[] {
  if (typeof value === "boolean") return [{ kind: "boolean", start, end, replacement: String(!value) }];
  if (typeof value === "string") {
    return [{ kind: "string", start, end, replacement: value === "" ? '"mutated"' : '""' }];
  }
  if (typeof regex !== "object" || regex === null || !("pattern" in regex)) return [];
  const pattern = String(regex.pattern);
  return [
    ...(pattern.startsWith("^") ? [{ kind: "regex", start: start + 1, end: start + 2, replacement: "" }] : []),
    ...(/(?<!\\)\$$/.test(pattern)
      ? [{ kind: "regex", start: start + pattern.length, end: start + pattern.length + 1, replacement: "" }]
      : []),
  ];
}

/** Each element left out with its comma, and all of them. */
function elements(
  node: Node,
  list: Node[],
  { kind, empty }: { kind: string; empty: string },
  source: string,
): Change[] {
  const each = list.map(({ start, end }) => {
    const comma = /^\s*,/.exec(source.slice(end));
    return { kind, start, end: end + (comma?.[0].length ?? 0), replacement: "" };
  });
  const all = { kind: "empty", start: node.start, end: node.end, replacement: empty };
  return list.length > 1 ? [...each, all] : list.length === 1 ? [{ ...all, kind }] : [];
}

function calls(node: Node): Change[] {
  const callee = nodeAt(node, "callee");
  const object = callee && nodeAt(callee, "object");
  const property = callee && nodeAt(callee, "property");
  if (callee?.type !== "MemberExpression" || object === undefined || property === undefined) return [];
  const name = String(property.name);
  const other = Object.hasOwn(methods, name) ? methods[name] : undefined;
  return [
    ...(other === undefined ? [] : [{ kind: "method", start: property.start, end: property.end, replacement: other }]),
    ...(dropped.has(name) ? [{ kind: "method", start: object.end, end: node.end, replacement: "" }] : []),
  ];
}
