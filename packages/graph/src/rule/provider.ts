import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a property may hold, as the provider's own types state it. */
export type Shape =
  | { kind: "string" | "number" | "boolean" | "any" }
  | { kind: "list" | "map"; of: Shape }
  | { kind: "object"; properties: () => Properties }
  | { kind: "union"; of: Shape[] };

export type Properties = Record<string, { required: boolean; shape: Shape }>;

/** What the installed `@pulumi/aws` knows of its resources: property names, types and which are required. */
export interface Provider {
  /** Properties of a resource type such as `aws:sqs/queue:Queue`; `undefined` when there is no such type. */
  propertiesOf(type: string): Properties | undefined;
}

/**
 * Reads the provider's knowledge out of its type declarations, which are generated from the same schema that the
 * provider checks a deployment against. Nothing newer or older than what would deploy is asked.
 *
 * @param platform folder of SST's platform
 */
export function awsProvider(platform: string): Provider {
  const folder = join(platform, "node_modules/@pulumi/aws");
  const known = new Map<string, Properties | undefined>();
  let nested: string | undefined;
  const inputs = () => (nested ??= readFileSync(join(folder, "types/input.d.ts"), "utf8"));
  const members = (name: string, find: () => string | undefined): Properties | undefined => {
    if (!known.has(name)) {
      const body = find();
      known.set(name, body === undefined ? undefined : parseMembers(body, objectOf));
    }
    return known.get(name);
  };

  function objectOf(path: string): Properties {
    const [space = "", name = ""] = path.split(".");
    return members(`inputs.${path}`, () => interfaceIn(namespaceIn(inputs(), space), name)) ?? {};
  }

  return {
    propertiesOf(type) {
      const [, module = "", file = "", name = ""] = /^aws:([\w-]+)\/(\w+):(\w+)$/.exec(type) ?? [];
      return members(type, () => interfaceIn(declarations(join(folder, module, `${file}.d.ts`)), `${name}Args`));
    },
  };
}

function declarations(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function namespaceIn(text: string, name: string): string {
  const start = text.indexOf(`\nexport declare namespace ${name} {`);
  return start === -1 ? "" : text.slice(start, text.indexOf("\n}\n", start) + 2);
}

/** The body of an interface: up to the bracket that is indented as its own line is. */
function interfaceIn(text: string, name: string): string | undefined {
  const found = new RegExp(`\\n( *)(?:export )?interface ${name} \\{\\n`).exec(text);
  if (!found) return undefined;
  const start = found.index + found[0].length;
  return text.slice(start, text.indexOf(`\n${found[1]}}`, start));
}

function parseMembers(body: string, objectOf: (path: string) => Properties): Properties {
  const result: Properties = {};
  const text = body.replace(/\/\*\*[\s\S]*?\*\//g, "");
  // A member ends at the first semicolon that is followed by another member or by the end.
  for (const [, name = "", optional, type = ""] of text.matchAll(
    /^\s*(\w+)(\?)?: ([\s\S]*?);(?=\s*(?:\w+\??: |$(?![\s\S])))/gm,
  )) {
    result[name] = { required: optional === undefined, shape: parseShape(type.replace(/\s+/g, " "), objectOf) };
  }
  return result;
}

/** The grammar that the generator uses: `pulumi.Input<…>`, `T[]`, `{ [key: string]: T }`, `A | B` and names. */
function parseShape(type: string, objectOf: (path: string) => Properties): Shape {
  const text = type.trim();
  const parts = alternatives(text);
  if (parts.length > 1) return { kind: "union", of: parts.map((part) => parseShape(part, objectOf)) };
  if (text.endsWith("[]")) return { kind: "list", of: parseShape(text.slice(0, -2), objectOf) };
  const [, inner] = /^pulumi\.Input<(.*)>$/.exec(text) ?? [];
  if (inner !== undefined) return parseShape(inner, objectOf);
  const [, of] = /^\{ \[key: string\]: (.*); \}$/.exec(text) ?? [];
  if (of !== undefined) return { kind: "map", of: parseShape(of, objectOf) };
  const [, path] = /^inputs\.([\w.]+)$/.exec(text) ?? [];
  if (path !== undefined) return { kind: "object", properties: () => objectOf(path) };
  if (text === "string" || text === "number" || text === "boolean") return { kind: text };
  return text.startsWith("enums.") ? { kind: "string" } : { kind: "any" };
}

/** Splits at the `|` that are inside no brackets. */
function alternatives(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const letter = text.charAt(index);
    if ("<{[(".includes(letter)) depth++;
    else if (">}])".includes(letter)) depth--;
    else if (letter === "|" && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)];
}
