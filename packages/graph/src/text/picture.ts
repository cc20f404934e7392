import type { Graph, GraphFunction } from "../graph.ts";
import { table } from "./markdown.ts";
import { busOf, databaseOf, namesOf } from "./names.ts";

/** The flow through the system as a page with a Mermaid flowchart, and what it is made of as tables. */
export function pictureOf(graph: Graph): string {
  return `${[
    "<!-- Made from sst.config.ts by `npm run graph -- --write`. Do not edit. -->",
    "",
    "# Resource graph",
    "",
    `What \`sst deploy --stage ${graph.stage}\` creates, as data flows through it. Dotted lines lead to dead-letter queues.`,
    "",
    "```mermaid",
    flowchart(graph),
    "```",
    "",
    functionTable(graph),
    "",
    queueTable(graph),
  ].join("\n")}\n`;
}

function flowchart(graph: Graph): string {
  const name = namesOf(graph);
  const deadLetters = new Set(graph.queues.flatMap(({ redrive }) => (redrive ? [redrive.deadLetterArn] : [])));
  const nodes = [
    ...graph.apis.map((api) => `${id(api.name)}([${label(api.name, "HTTP API")}])`),
    ...graph.schedules.map((item) => `${id(item.name)}([${label(item.name, item.expression)}])`),
    ...graph.functions.map((fn) => `${id(fn.name)}[${label(fn.name)}]`),
    ...graph.tables.map((table) => `${id(table.name)}[(${label(table.name, "DynamoDB")})]`),
    ...graph.databases.map((item) => `${id(item.name)}[(${label(item.name, "MySQL", item.database)})]`),
    ...graph.topics.map((topic) => `${id(topic.name)}{{${label(topic.name, "SNS")}}}`),
    ...graph.buses.map((bus) => `${id(bus.name)}{{${label(bus.name, "EventBridge")}}}`),
    ...graph.queues.map(
      (queue) => `${id(queue.name)}>${label(queue.name, "SQS")}]${deadLetters.has(queue.arn) ? ":::dlq" : ""}`,
    ),
  ];
  const edges = [
    ...graph.apis.flatMap((api) => api.routes.map((route) => edge(api.name, name(route.functionArn), route.routeKey))),
    ...graph.schedules.map((item) => edge(item.name, name(item.functionArn))),
    ...graph.functions.flatMap((fn) => [...calls(graph, fn, deadLetters), ...queries(graph, fn)]),
    ...graph.subscriptions.map((item) =>
      edge(name(item.topicArn), name(item.endpoint), filterLabel(item.filterPolicy)),
    ),
    ...graph.rules.flatMap((rule) =>
      rule.targets.map((target) => edge(busOf(graph, rule.busName), name(target.arn), rule.name)),
    ),
    ...graph.mappings.map((item) => edge(name(item.queueArn), name(item.functionArn), `up to ${item.batchSize}`)),
    ...graph.queues.flatMap(({ name: queue, redrive }) =>
      redrive ? `${id(queue)} -. "after ${redrive.maxReceiveCount}" .-> ${id(name(redrive.deadLetterArn))}` : [],
    ),
  ];
  return [
    "flowchart LR",
    ...[...nodes, ...new Set(edges)].map((line) => `  ${line}`),
    "  classDef dlq stroke-dasharray: 4 3",
  ].join("\n");
}

/** What a function calls, by its rights. That it reads its queue and may write to its dead-letter queue is drawn as the queue's. */
function calls(graph: Graph, fn: GraphFunction, deadLetters: Set<string>): string[] {
  const consumed = graph.mappings.filter(({ functionArn }) => functionArn === fn.arn).map(({ queueArn }) => queueArn);
  const targets = [...graph.tables, ...graph.topics, ...graph.buses, ...graph.queues].filter(
    ({ arn }) => !consumed.includes(arn) && !deadLetters.has(arn),
  );
  return targets.flatMap((target) => {
    const actions = fn.statements
      .filter(({ resources }) => resources.some((arn) => arn === target.arn || arn.startsWith(`${target.arn}/`)))
      .flatMap((statement) => statement.actions.map((action) => action.split(":").at(-1) ?? action));
    return actions.length > 0 ? edge(fn.name, target.name, [...new Set(actions)].join(", ")) : [];
  });
}

function queries(graph: Graph, fn: GraphFunction): string[] {
  const onDeploy = graph.invocations.some(({ functionArn }) => functionArn === fn.arn);
  return fn.links.flatMap((link) => {
    const database = databaseOf(graph, link);
    return database ? edge(fn.name, database, onDeploy ? "when deployed" : undefined) : [];
  });
}

function functionTable({ functions }: Graph): string {
  const rows = functions.map(({ name, handler, memoryMb, timeoutSeconds, links }) => [
    name,
    `\`${handler}\``,
    `${memoryMb} MB`,
    `${timeoutSeconds} s`,
    links.join(", "),
  ]);
  return table(["function", "handler", "memory", "timeout", "links"], rows, ["---", "---", "--:", "--:"]);
}

function queueTable(graph: Graph): string {
  const name = namesOf(graph);
  const rows = graph.queues.map(({ name: queue, visibilityTimeoutSeconds, retentionSeconds, redrive }) => [
    queue,
    `${visibilityTimeoutSeconds} s`,
    `${retentionSeconds / 86_400} days`,
    redrive ? `${name(redrive.deadLetterArn)} after ${redrive.maxReceiveCount}` : "",
  ]);
  return table(["queue", "invisible for", "kept", "dead letters"], rows, ["---", "--:", "--:"]);
}

function edge(from: string, to: string, text?: string): string {
  return text ? `${id(from)} -- "${text}" --> ${id(to)}` : `${id(from)} --> ${id(to)}`;
}

/** Mermaid takes some words, as `end`, for its own: no name may be one. */
function id(name: string): string {
  return `n_${name.replace(/[^a-zA-Z0-9_]/g, "_")}`;
}

function label(...lines: string[]): string {
  return `"${lines.join("<br>")}"`;
}

function filterLabel(filter: Record<string, unknown> | undefined): string | undefined {
  if (!filter) return undefined;
  return Object.entries(filter)
    .map(([key, values]) => `${key} ${Array.isArray(values) ? values.map(plain).join(", ") : plain(values)}`)
    .join("; ");
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value).replaceAll('"', "'");
}
