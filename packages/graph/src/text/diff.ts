import type { Graph, GraphResource } from "../graph.ts";

export interface Difference {
  kind: "added" | "removed" | "changed";
  type: string;
  name: string;
  /** What changed: path of the property, before and after; passwords are hidden. */
  changes: { path: string; before: string; after: string }[];
}

/**
 * What the deployment of one graph over another would change, by type and name of the resource.
 *
 * A replacement shows as a change: whether AWS can change a property in place is not known here.
 */
export function differences(before: Graph, after: Graph): Difference[] {
  const old = byKey(before.resources);
  const fresh = byKey(after.resources);
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((key): Difference[] => {
    const [a, b] = [old.get(key), fresh.get(key)];
    const { type, name } = (a ?? b) as GraphResource; // one of the two is where the key is from
    if (!a) return [{ kind: "added", type, name, changes: [] }];
    if (!b) return [{ kind: "removed", type, name, changes: [] }];
    const changes = compare("", { ...a.inputs, ...protection(a) }, { ...b.inputs, ...protection(b) });
    return changes.length > 0 ? [{ kind: "changed", type, name, changes }] : [];
  });
}

/** Differences as text that reads well in a pull request. */
export function describe(found: Difference[]): string {
  const count = (kind: Difference["kind"]) => found.filter((item) => item.kind === kind).length;
  if (found.length === 0) return "No resource changes.";
  const sign = { added: "+", removed: "-", changed: "~" };
  return [
    `${count("added")} added, ${count("removed")} removed, ${count("changed")} changed`,
    "",
    ...found.flatMap(({ kind, type, name, changes }) => [
      `${sign[kind]} ${type} ${name}`,
      ...changes.map(({ path, before, after }) => `    ${path}: ${before} → ${after}`),
    ]),
  ].join("\n");
}

function byKey(resources: GraphResource[]): Map<string, GraphResource> {
  return new Map(resources.map((resource) => [`${resource.type} ${resource.name}`, resource]));
}

function protection({ options: { protect, retainOnDelete } }: GraphResource): Record<string, unknown> {
  return { ...(protect ? { "(protect)": true } : {}), ...(retainOnDelete ? { "(retainOnDelete)": true } : {}) };
}

function compare(path: string, before: unknown, after: unknown): Difference["changes"] {
  const [a, b] = [opened(before), opened(after)];
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (isObject(a) && isObject(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .sort()
      .flatMap((key) => compare(path ? `${path}.${key}` : key, a[key], b[key]));
  }
  return [{ path, before: shown(path, a), after: shown(path, b) }];
}

/** Policies and patterns travel as JSON texts; what changed inside is what matters. */
function opened(value: unknown): unknown {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function shown(path: string, value: unknown): string {
  if (value === undefined) return "(none)";
  if (/password|secret|token|(^|\.)SST_KEY$/i.test(path)) return "(hidden)";
  const text = JSON.stringify(value).replace(/(\w+:\/\/[^:@/"]*):[^@/"]+@/g, "$1:(hidden)@");
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
