import type { Graph, GraphFunction, GraphQueue, PolicyStatement } from "../graph.ts";
import { busOf, namesOf } from "./names.ts";

/** The graph in words, for a terminal. Passwords are not in it. */
export function summary(graph: Graph): string {
  const name = namesOf(graph);
  const sections = [
    section(
      "Functions",
      graph.functions.flatMap((fn) => functionLines(fn, name)),
    ),
    section(
      "Routes",
      graph.apis.flatMap((api) =>
        api.routes.map((route) => `${api.name} ${route.routeKey} → ${name(route.functionArn)}`),
      ),
    ),
    section(
      "Tables",
      graph.tables.map((table) => `${table.name}  ${keys(table)}${indexes(table)}${ttl(table)}`),
    ),
    section(
      "Queues",
      graph.queues.flatMap((queue) => queueLines(queue, name)),
    ),
    ...deliveries(graph, name),
    section(
      "Invoked by a deployment, in this order",
      graph.invocations.map((item) => name(item.functionArn)),
    ),
    section(
      "Databases",
      graph.databases.map((item) =>
        joined(item.name, [
          `${item.engine} ${item.engineVersion}`,
          item.database,
          ...item.hosts.map((host) => `${host}:${item.port}`),
        ]),
      ),
    ),
    section("Alarms", alarmLines(graph)),
    section("Resources by type", counts(graph)),
  ];
  const what = graph.dev ? "what `sst dev` deploys" : "what `sst deploy` creates";
  const title = `${graph.app}, stage ${graph.stage}: ${what} in ${graph.region} (${graph.resources.length} resources)`;
  return [title, ...sections.filter(Boolean)].join("\n\n");
}

/** What one service hands to another: topics, buses, queues and schedules. */
function deliveries(graph: Graph, name: (arn: string) => string): string[] {
  return [
    section(
      "Subscriptions",
      graph.subscriptions.map((item) =>
        joined(`${name(item.topicArn)} → ${name(item.endpoint)}`, [
          item.filterPolicy ? `only ${JSON.stringify(item.filterPolicy)}` : "everything",
          item.rawMessageDelivery ? "raw" : "wrapped by SNS",
          item.deadLetterArn ? `undeliverable → ${name(item.deadLetterArn)}` : "undeliverable is lost",
        ]),
      ),
    ),
    section(
      "Rules",
      graph.rules.flatMap((rule) =>
        rule.targets.map((target) =>
          joined(`${busOf(graph, rule.busName)} → ${name(target.arn)}`, [
            `only ${JSON.stringify(rule.pattern)}`,
            target.deadLetterArn ? `undeliverable → ${name(target.deadLetterArn)}` : "undeliverable is lost",
          ]),
        ),
      ),
    ),
    section(
      "Archives",
      graph.archives.map((archive) =>
        joined(`${name(archive.busArn)} → ${archive.name}`, [
          archive.pattern ? `only ${JSON.stringify(archive.pattern)}` : "everything",
          archive.retentionDays ? `for ${archive.retentionDays} days` : "for ever",
        ]),
      ),
    ),
    section(
      "Event source mappings",
      graph.mappings.map((item) =>
        joined(`${name(item.queueArn)} → ${name(item.functionArn)}`, [
          `up to ${item.batchSize} within ${item.windowSeconds} s`,
          item.maximumConcurrency ? `${item.maximumConcurrency} at once` : "",
          item.partialResponses ? "partial batch responses" : "whole batches only",
        ]),
      ),
    ),
    section(
      "Schedules",
      graph.schedules.map(
        (item) => `${item.expression} → ${name(item.functionArn)}${item.enabled ? "" : " (disabled)"}`,
      ),
    ),
  ];
}

function section(title: string, lines: string[]): string {
  return lines.length === 0 ? "" : [title, ...lines.map((line) => `  ${line}`)].join("\n");
}

function joined(subject: string, details: string[]): string {
  return [subject, details.filter(Boolean).join(" · ")].filter(Boolean).join("  ");
}

function functionLines(fn: GraphFunction, name: (arn: string) => string): string[] {
  const size = [
    `${fn.memoryMb} MB`,
    `${fn.timeoutSeconds} s`,
    fn.runtime,
    ...fn.architectures,
    fn.vpc ? "in the VPC" : "",
  ];
  return [
    `${fn.name}  ${size.filter(Boolean).join(" · ")}`,
    `    ${fn.handler}`,
    ...(fn.links.length > 0 ? [`    links  ${fn.links.join(", ")}`] : []),
    ...fn.statements.map((statement) => `    ${statementLine(statement, name)}`),
  ];
}

function statementLine(statement: PolicyStatement, name: (arn: string) => string): string {
  const who = statement.principals?.flatMap(({ identifiers }) => identifiers).join(", ");
  const verb = statement.effect === "Deny" ? "never" : "may";
  const conditions = statement.conditions ? ` if ${JSON.stringify(statement.conditions)}` : "";
  return `${who ? `${who} ` : ""}${verb}  ${statement.actions.join(", ")} on ${statement.resources.map(name).join(", ")}${conditions}`;
}

function queueLines(queue: GraphQueue, name: (arn: string) => string): string[] {
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

function keys(table: Graph["tables"][number]): string {
  return table.rangeKey ? `${table.hashKey}, ${table.rangeKey}` : table.hashKey;
}

function indexes(table: Graph["tables"][number]): string {
  return table.globalIndexes
    .map((index) => ` · index ${index.name} (${[index.hashKey, index.rangeKey].filter(Boolean).join(", ")})`)
    .join("");
}

function ttl(table: Graph["tables"][number]): string {
  return table.ttlAttribute ? ` · expires at ${table.ttlAttribute}` : "";
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
      return [`${name}  ${red}`, `${howLong(inputs)}`, ...(alarmDescription ? [String(alarmDescription)] : [])].join(
        " · ",
      );
    });
}

function howLong({
  period,
  evaluationPeriods,
  datapointsToAlarm = evaluationPeriods,
}: Record<string, unknown>): string {
  if (evaluationPeriods === 1) return `in ${period} s`;
  return datapointsToAlarm === evaluationPeriods
    ? `${evaluationPeriods} times ${period} s in a row`
    : `in ${datapointsToAlarm} of ${evaluationPeriods} times ${period} s`;
}
