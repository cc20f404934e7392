import type { Graph } from "@appointments/graph/graph";

/** Types of resources → paths of their properties → the values that occur, in a stable order. */
export type Settings = Map<string, Map<string, string[]>>;

/**
 * How the resources of a graph are set, by type: each property with all the values that occur, however many resources
 * there are, so that one more of a kind changes nothing. References are shown as what they refer to, `${Queue.arn}`;
 * policies as sentences. Names, hashes, keys and passwords are left out, and so are SST's own components.
 */
export function settingsOf(graph: Graph): Settings {
  const reference = referencesIn(graph);
  const settings = new Map<string, Map<string, Set<string>>>();
  for (const { type, inputs } of graph.resources) {
    if (/^(sst|pulumi-nodejs|random):/.test(type)) continue;
    const properties = settings.get(type) ?? new Map<string, Set<string>>();
    settings.set(type, properties);
    for (const line of lines("", inputs, reference)) {
      const at = line.indexOf(": ");
      const [path, value] = [line.slice(0, at).replace(/\[\d+\]/g, "[]"), line.slice(at + 2)];
      if (individual.test(path)) continue;
      properties.set(path, (properties.get(path) ?? new Set()).add(value.replaceAll(graph.stage, "STAGE")));
    }
  }
  return new Map(
    sorted(settings).map(([type, properties]) => [
      type,
      new Map(sorted(properties).map(([path, values]) => [path, [...values].sort()])),
    ]),
  );
}

/** What distinguishes one resource from another of its type. The words of the graph name them, and what leads where. */
const individual = new RegExp(
  [
    "^(name|description|alarmDescription|identifier|finalSnapshotIdentifier|dbName|username|handler|key|s3Key|source|tags)(\\.|$)",
    "(^|\\.)(logGroup|logGroupName|functionName|eventBusName|rule|filterPolicy|eventPattern|dimensions)(\\.|$)",
    "^(db(Proxy|SubnetGroup)Name|dbInstanceIdentifier|parameterGroupName|targetGroupName)$",
    "variables\\.(QUEUE|COUNTRY|MAX_RECEIVE_COUNT|SST_FUNCTION_ID)$",
  ].join("|"),
);

export function settingsText(settings: Settings): string {
  return [...settings]
    .map(([type, properties]) =>
      [type, ...[...properties].map(([path, values]) => `  ${path}: ${values.join(" | ")}`)].join("\n"),
    )
    .join("\n\n");
}

/** What is set otherwise, line by line: types that one of the two lacks, values that only one of them has. */
export function settingsDifference(from: Settings, to: Settings): string {
  return [...new Set([...from.keys(), ...to.keys()])]
    .sort()
    .flatMap((type) => {
      const [a, b] = [from.get(type), to.get(type)];
      if (!b) return [`- ${type}`];
      if (!a) return [`+ ${type}`];
      const changed = [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((path) => {
        const [before, after] = [a.get(path) ?? [], b.get(path) ?? []];
        return [
          ...before.filter((value) => !after.includes(value)).map((value) => `  - ${path}: ${value}`),
          ...after.filter((value) => !before.includes(value)).map((value) => `  + ${path}: ${value}`),
        ];
      });
      return changed.length === 0 ? [] : [`  ${type}`, ...changed];
    })
    .join("\n");
}

function sorted<T>(map: Map<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
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

/** What resources answer, by value, as their kind: ids, ARNs and addresses, the longest first, as one may be in another. */
function referencesIn(graph: Graph): (text: string) => string {
  const known = new Map<string, string>();
  for (const { type, outputs } of graph.resources) {
    if (type.startsWith("sst:")) continue;
    const kind = type.slice(type.lastIndexOf(":") + 1);
    for (const key of ["arn", "invokeArn", "executionArn", "url", "endpoint", "address", "id"]) {
      const value = outputs[key];
      // A plain name is more telling as it is.
      const telling =
        typeof value === "string" &&
        /^arn:|^https:|\.amazonaws\.com|^[a-z]+-[0-9a-f]{8,17}$|^[0-9a-f]{7,10}$/.test(value);
      if (telling && !known.has(value)) known.set(value, `\${${kind}.${key}}`);
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
