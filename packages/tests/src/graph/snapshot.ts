import type { Graph } from "@appointments/graph/graph";

/** A value that a property of some resource of a type has. */
interface Setting {
  type: string;
  path: string;
  value: string;
}
type Settings = Setting[];

/**
 * How the resources of a graph are set, by type: each property with all the values that occur, however many resources
 * there are, so that one more of a kind changes nothing. References are shown as what they refer to, `${Queue.arn}`;
 * policies as sentences. Names, hashes, keys and passwords are left out, and so are SST's own components.
 */
export function settingsOf(graph: Graph): Settings {
  const reference = referencesIn(graph);
  const found = graph.resources
    .filter(({ type }) => !/^(sst|pulumi-nodejs|random):/.test(type))
    // The first one says that there is the type, however it is set.
    .flatMap(({ type, inputs }) =>
      [{ path: "", value: "" }, ...values("", inputs, reference)].map((it) => ({ type, ...it })),
    )
    .filter(({ path }) => !individual.test(path))
    .map(({ value, ...at }) => ({ ...at, value: value.replaceAll(graph.stage, "STAGE") }));
  const distinct = new Map(found.map((setting) => [keyOf(setting), setting]));
  return [...distinct.values()].sort(
    (a, b) => order(a.type, b.type) || order(a.path, b.path) || order(a.value, b.value),
  );
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const keyOf = ({ type, path, value }: Setting) => `${type} ${path}: ${value}`;
const typeOf = ({ type }: Setting) => type;
const pathOf = ({ path }: Setting) => path;

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
  return [...Map.groupBy(settings, typeOf)]
    .map(([type, ofType]) => {
      const properties = [...Map.groupBy(ofType, pathOf)].filter(([path]) => path !== "");
      const lines = properties.map(([path, all]) => `  ${path}: ${all.map(({ value }) => value).join(" | ")}`);
      return [type, ...lines].join("\n");
    })
    .join("\n\n");
}

/** What is set otherwise, line by line: types that one of the two lacks, values that only one of them has. */
export function settingsDifference(from: Settings, to: Settings): string {
  const [before, after] = [from, to].map((settings) => new Set(settings.map(keyOf)));
  const changed = [
    ...from.filter((it) => !after?.has(keyOf(it))).map((it) => ({ ...it, sign: "-" })),
    ...to.filter((it) => !before?.has(keyOf(it))).map((it) => ({ ...it, sign: "+" })),
  ];
  const types = [...Map.groupBy(changed, typeOf)].sort(([a], [b]) => order(a, b));
  return types
    .flatMap(([type, lines]) => {
      if (!to.some((it) => it.type === type)) return [`- ${type}`];
      if (!from.some((it) => it.type === type)) return [`+ ${type}`];
      const sorted = lines.toSorted((a, b) => order(a.path, b.path));
      return [`  ${type}`, ...sorted.map(({ sign, path, value }) => `  ${sign} ${path}: ${value}`)];
    })
    .join("\n");
}

/** The properties below a path, with their values in words. */
function values(path: string, value: unknown, reference: (text: string) => string): Omit<Setting, "type">[] {
  const opened = open(value);
  const one = (words: string) => [{ path, value: words }];
  if (/password|secretString|SST_KEY$|^__provider$/i.test(path)) return one("(not shown)");
  if (isRecord(opened) && "Statement" in opened) {
    return [opened.Statement].flat().flatMap((each) => one(statement(each as Record<string, unknown>, reference)));
  }
  if (Array.isArray(opened)) {
    if (opened.every((item) => typeof item !== "object"))
      return one(`[${opened.map((item) => shown(item, reference)).join(", ")}]`);
    return opened.flatMap((item) => values(`${path}[]`, item, reference));
  }
  if (!isRecord(opened)) return one(shown(opened, reference));
  const members = Object.entries(opened);
  if (members.length === 0) return one("{}");
  return members.flatMap(([key, member]) => values(path ? `${path}.${key}` : key, member, reference));
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
        /^arn:|^https:|\.amazonaws\.com|^[a-z]+-[0-9a-f]{8,17}$|^[0-9a-f]{6,26}$|^[a-z]+-[a-z]+-\d_[0-9a-f]+$/.test(
          value,
        );
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
