import { changesOf } from "./change.ts";
import type { Mutant } from "./mutant.ts";
import { childrenOf, type Node, nodeAt, parse } from "./tree.ts";

/**
 * Every mutant of a source. Types, imports, commands and texts for people (messages of errors, descriptions)
 * are left alone.
 *
 * @param file path in the repository
 */
export function mutantsOf(file: string, source: string): Mutant[] {
  const found = new Map<string, Mutant>();
  walk(parse(file, source), (node) => {
    for (const change of changesOf[node.type]?.(node, source) ?? []) {
      const original = source.slice(change.start, change.end);
      if (original === change.replacement) continue;
      // A condition and its operator can be changed into the same source.
      const key = `${change.start} ${change.end} ${change.replacement}`;
      const line = source.slice(0, change.start).split("\n").length;
      const text = source.split("\n")[line - 1] ?? "";
      if (!found.has(key)) found.set(key, { file, line, original, text, ...change });
    }
  });
  return [...found.values()];
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const [name, child] of childrenOf(node)) {
    if (child.type.startsWith("TS") && !wrappers.has(child.type)) continue;
    if (isSkipped(node, name, child)) continue;
    walk(child, visit);
  }
}

/** Nodes of TypeScript that hold an expression. */
const wrappers = new Set(["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression"]);

function isSkipped(parent: Node, member: string, child: Node): boolean {
  if (parent.type.startsWith("Import") || member === "source" || child.type.startsWith("Import")) return true;
  if (parent.type === "ExportAllDeclaration") return true;
  if (isCommand(parent)) return true;
  const isKey = member === "key" && parent.computed !== true;
  const isText = child.type === "Literal" || child.type === "TemplateLiteral";
  if (isKey && isText) return true;
  return isText && isForPeople(parent, child);
}

/** `if (import.meta.main)`: the command that a module also is. It runs in processes of its own. */
function isCommand(node: Node): boolean {
  const test = node.type === "IfStatement" ? nodeAt(node, "test") : undefined;
  const object = test?.type === "MemberExpression" ? nodeAt(test, "object") : undefined;
  return object?.type === "MetaProperty";
}

const descriptive = new Set(["description", "message", "alarmDescription"]);

/** Sentences in errors and descriptions. */
function isForPeople(parent: Node, text: Node): boolean {
  if (parent.type === "Property") return descriptive.has(String(nodeAt(parent, "key")?.name));
  const isError =
    parent.type === "NewExpression" && /(Error|Refusal|Fault)$/.test(String(nodeAt(parent, "callee")?.name));
  return isError && (text.type === "TemplateLiteral" || /\s/.test(String(text.value)));
}
