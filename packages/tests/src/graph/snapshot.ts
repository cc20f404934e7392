import type { Graph, GraphResource } from "@appointments/graph/graph";

/**
 * A graph as text that a reviewer reads: each resource with its properties, a line each, in a stable order. Values that
 * come from another resource are shown as its property, `${SQS_PEQueue.arn}`; policies as sentences. Hashes, keys and
 * passwords are left out, and so are SST's components, whose resources are there anyway.
 */
export function snapshotOf(graph: Graph): string {
  const reference = referencesIn(graph);
  const resources = graph.resources
    .filter(({ type }) => !type.startsWith("sst:"))
    .toSorted((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
  return [
    `${graph.app}, stage ${graph.stage}${graph.dev ? ", sst dev" : ""}: ${resources.length} resources`,
    ...resources.map((resource) => [title(resource), ...lines("", resource.inputs, reference)].join("\n  ")),
    ["links of functions", ...graph.functions.map((fn) => `${fn.name}: ${fn.links.join(", ")}`)].join("\n  "),
    "",
  ].join("\n\n");
}

function title({ type, name, options }: GraphResource): string {
  const marks = [options.protect && "protected", options.retainOnDelete && "kept when removed"].filter(Boolean);
  return [type, name, marks.length > 0 ? `(${marks.join(", ")})` : ""].join(" ").trim();
}

function lines(path: string, value: unknown, reference: (text: string) => string): string[] {
  const opened = open(value);
  const line = (shown: string) => [`${path}: ${shown}`];
  if (/password|secretString|SST_KEY$|^__provider$/i.test(path)) return line("(not shown)");
  if (isRecord(opened) && "Statement" in opened) {
    return [opened.Statement].flat().flatMap((each) => line(statement(each as Record<string, unknown>, reference)));
  }
  if (Array.isArray(opened)) {
    if (opened.every((item) => typeof item !== "object"))
      return line(`[${opened.map((item) => shown(item, reference)).join(", ")}]`);
    return opened.flatMap((item, index) => lines(`${path}[${index}]`, item, reference));
  }
  if (isRecord(opened)) {
    const keys = Object.keys(opened).sort();
    return keys.length === 0
      ? line("{}")
      : keys.flatMap((key) => lines(path ? `${path}.${key}` : key, opened[key], reference));
  }
  return line(shown(opened, reference));
}

function statement(item: Record<string, unknown>, reference: (text: string) => string): string {
  const list = (value: unknown) =>
    [value]
      .flat()
      .map((each) => reference(String(each)))
      .join(", ");
  const pairs = (value: unknown) =>
    isRecord(value)
      ? Object.entries(value)
          .map(([key, inner]) => `${key} ${list(inner)}`)
          .join(" and ")
      : list(value);
  const conditions = Object.entries((item.Condition ?? {}) as Record<string, unknown>);
  return [
    String(item.Effect).toLowerCase(),
    item.Principal === undefined ? "" : pairs(item.Principal),
    list(item.Action),
    item.Resource === undefined ? "" : `on ${list(item.Resource)}`,
    ...conditions.map(([operator, keys]) => `if ${operator} ${pairs(keys)}`),
  ]
    .filter(Boolean)
    .join(" ");
}

/** Policies, patterns and filters travel as JSON texts. */
function open(value: unknown): unknown {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function shown(value: unknown, reference: (text: string) => string): string {
  if (typeof value !== "string") return String(value);
  return reference(value)
    .replace(/[0-9a-f]{64}/g, "(hash)")
    .replace(/(\w+:\/\/[^:@/]*):[^@/]+@/g, "$1:(not shown)@")
    .replaceAll("\n", "\\n");
}

/** What resources answer, by value: ids, ARNs and addresses, the longest first, as one may be in another. */
function referencesIn(graph: Graph): (text: string) => string {
  const known = new Map<string, string>();
  for (const { name, type, outputs } of graph.resources) {
    if (type.startsWith("sst:")) continue;
    for (const key of ["arn", "invokeArn", "executionArn", "url", "endpoint", "address", "id"]) {
      const value = outputs[key];
      // A plain name is more telling as it is.
      const telling =
        typeof value === "string" &&
        /^arn:|^https:|\.amazonaws\.com|^[a-z]+-[0-9a-f]{8,17}$|^[0-9a-f]{7,10}$/.test(value);
      if (telling && !known.has(value)) known.set(value, `\${${name}.${key}}`);
    }
  }
  const values = [...known.keys()].sort((a, b) => b.length - a.length);
  return (text) => {
    const value = values.find((each) => text.includes(each));
    return value === undefined ? text : text.replaceAll(value, () => known.get(value) ?? value);
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
