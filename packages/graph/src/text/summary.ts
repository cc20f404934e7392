import type { Graph, GraphFunction, GraphQueue, GraphTable, PolicyStatement } from "../graph.ts";
import { busOf, namesOf } from "./names.ts";

type Name = (arn: string) => string;

/** The graph in words, for a terminal. Passwords are not in it. */
export function summary(graph: Graph): string {
  const name = namesOf(graph);
  const sections: Record<string, string[]> = {
    Functions: graph.functions.flatMap((fn) => functionLines(fn, name)),
    Routes: graph.apis.flatMap((api) =>
      api.routes.map((route) => `${api.name} ${route.routeKey} → ${name(route.functionArn)}`),
    ),
    Tables: graph.tables.map(tableLine),
    Queues: graph.queues.flatMap((queue) => queueLines(queue, name)),
    ...deliveries(graph, name),
    "Invoked by a deployment, in this order": graph.invocations.map((item) => name(item.functionArn)),
    Databases: graph.databases.map(({ name, engine, engineVersion, database, hosts, port }) =>
      joined(name, [`${engine} ${engineVersion}`, database, ...hosts.map((host) => `${host}:${port}`)]),
    ),
    Alarms: alarmLines(graph),
    "Resources by type": counts(graph),
  };
  const what = graph.dev ? "what `sst dev` deploys" : "what `sst deploy` creates";
  const title = `${graph.app}, stage ${graph.stage}: ${what} in ${graph.region} (${graph.resources.length} resources)`;
  const filled = Object.entries(sections).filter(([, lines]) => lines.length > 0);
  return [title, ...filled.map(([heading, lines]) => [heading, ...lines].join("\n  "))].join("\n\n");
}

/** What one service hands to another: topics, buses, queues and schedules. */
function deliveries(graph: Graph, name: Name): Record<string, string[]> {
  const only = (filter: unknown) => (filter ? `only ${JSON.stringify(filter)}` : "everything");
  const undeliverable = (arn?: string) => (arn ? `undeliverable → ${name(arn)}` : "undeliverable is lost");
  return {
    Subscriptions: graph.subscriptions.map(({ topicArn, endpoint, filterPolicy, rawMessageDelivery, deadLetterArn }) =>
      joined(`${name(topicArn)} → ${name(endpoint)}`, [
        only(filterPolicy),
        rawMessageDelivery ? "raw" : "wrapped by SNS",
        undeliverable(deadLetterArn),
      ]),
    ),
    Rules: graph.rules.flatMap(({ busName, pattern, targets }) =>
      targets.map(({ arn, deadLetterArn }) =>
        joined(`${busOf(graph, busName)} → ${name(arn)}`, [only(pattern), undeliverable(deadLetterArn)]),
      ),
    ),
    Archives: graph.archives.map((archive) =>
      joined(`${name(archive.busArn)} → ${archive.name}`, [
        only(archive.pattern),
        archive.retentionDays ? `for ${archive.retentionDays} days` : "for ever",
      ]),
    ),
    "Event source mappings": graph.mappings.map((item) =>
      joined(`${name(item.queueArn)} → ${name(item.functionArn)}`, [
        `up to ${item.batchSize} within ${item.windowSeconds} s`,
        item.maximumConcurrency ? `${item.maximumConcurrency} at once` : "",
        item.partialResponses ? "partial batch responses" : "whole batches only",
      ]),
    ),
    Schedules: graph.schedules.map(
      (item) => `${item.expression} → ${name(item.functionArn)}${item.enabled ? "" : " (disabled)"}`,
    ),
  };
}

function joined(subject: string, details: string[]): string {
  return [subject, details.filter(Boolean).join(" · ")].filter(Boolean).join("  ");
}

function functionLines(fn: GraphFunction, name: Name): string[] {
  const { memoryMb, timeoutSeconds, runtime, architectures, vpc } = fn;
  return [
    joined(fn.name, [`${memoryMb} MB`, `${timeoutSeconds} s`, runtime, ...architectures, vpc ? "in the VPC" : ""]),
    `    ${fn.handler}`,
    ...(fn.links.length > 0 ? [`    links  ${fn.links.join(", ")}`] : []),
    ...fn.statements.map((statement) => `    ${statementLine(statement, name)}`),
  ];
}

function statementLine(statement: PolicyStatement, name: Name): string {
  const who = statement.principals?.flatMap(({ identifiers }) => identifiers).join(", ");
  const verb = statement.effect === "Deny" ? "never" : "may";
  const conditions = statement.conditions ? ` if ${JSON.stringify(statement.conditions)}` : "";
  return `${who ? `${who} ` : ""}${verb}  ${statement.actions.join(", ")} on ${statement.resources.map(name).join(", ")}${conditions}`;
}

function queueLines(queue: GraphQueue, name: Name): string[] {
  const redrive = queue.redrive
    ? `→ ${name(queue.redrive.deadLetterArn)} after ${queue.redrive.maxReceiveCount} receives`
    : "";
  return [
    joined(`${queue.name} ${redrive}`.trim(), [
      `invisible for ${queue.visibilityTimeoutSeconds} s`,
      `kept ${queue.retentionSeconds / 86_400} days`,
      queue.fifo ? "FIFO" : "",
    ]),
    ...queue.policy.map((statement) => `    ${statementLine(statement, name)}`),
  ];
}

function tableLine(table: GraphTable): string {
  const keys = (of: { hashKey: string; rangeKey?: string }) => [of.hashKey, of.rangeKey].filter(Boolean).join(", ");
  return joined(table.name, [
    keys(table),
    ...table.globalIndexes.map((index) => `index ${index.name} (${keys(index)})`),
    table.ttlAttribute ? `expires at ${table.ttlAttribute}` : "",
  ]);
}

function counts(graph: Graph): string[] {
  const byType = Map.groupBy(graph.resources, ({ type }) => type);
  return [...byType]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, all]) => `${String(all.length).padStart(4)}  ${type}`);
}

const signs: Record<string, string> = {
  GreaterThanThreshold: ">",
  GreaterThanOrEqualToThreshold: "≥",
  LessThanThreshold: "<",
  LessThanOrEqualToThreshold: "≤",
};

/** Each alarm in words: what is watched, when it is red, and what its description says, such as where to look. */
export function alarmLines({ resources }: Graph): string[] {
  return resources
    .filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm")
    .map(({ name, inputs }) => {
      const { metricName, statistic, extendedStatistic, comparisonOperator, threshold, alarmDescription } = inputs;
      const sign = signs[String(comparisonOperator)] ?? String(comparisonOperator);
      const red = `${metricName} ${statistic ?? extendedStatistic} ${sign} ${threshold}`;
      return joined(name, [red, howLong(inputs), String(alarmDescription ?? "")]);
    });
}

function howLong({ period, evaluationPeriods, datapointsToAlarm }: Record<string, unknown>): string {
  if (evaluationPeriods === 1) return `in ${period} s`;
  return (datapointsToAlarm ?? evaluationPeriods) === evaluationPeriods
    ? `${evaluationPeriods} times ${period} s in a row`
    : `in ${datapointsToAlarm} of ${evaluationPeriods} times ${period} s`;
}
