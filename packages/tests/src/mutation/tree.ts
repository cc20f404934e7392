import { parseSync } from "oxc-parser";

/** A node of the syntax tree (ESTree): its type, where it stands, and members by name. */
export interface Node {
  type: string;
  start: number;
  end: number;
  [member: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** @throws Error when the source is no TypeScript */
export function parse(file: string, source: string): Node {
  const { program, errors } = parseSync(file, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  return program as unknown as Node; // ESTree by the parser's own types, read here by member names
}

/** Members that are a node or hold some, with their names. */
export function childrenOf(node: Node): [string, Node][] {
  return Object.entries(node).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter(isNode).map((child): [string, Node] => [name, child]),
  );
}

/** The nodes in a member that is a list. Holes and all other members are left out. */
export function listOf(node: Node, name: string): Node[] {
  const value = node[name];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function nodeAt(node: Node, name: string): Node | undefined {
  const value = node[name];
  return isNode(value) ? value : undefined;
}
