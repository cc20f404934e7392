import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph } from "@appointments/graph/graph";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../repository.ts";
import { consumers, deployers, graphOf, ofType, only, some } from "./stage.ts";

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";

describe("alarms of production", () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await graphOf("production");
  });
  const watched = (metric: string, dimension: string) =>
    ofType(graph, alarmType)
      .filter(({ inputs }) => inputs.metricName === metric)
      .map(({ inputs }) => (inputs.dimensions as Record<string, string>)[dimension])
      .sort();

  test("every queue and every dead-letter queue is watched", () => {
    const names = (which: "queue" | "dlq") => consumers(graph).map((consumer) => consumer[which].queueName);
    expect(watched("ApproximateNumberOfMessagesVisible", "QueueName")).toEqual(names("dlq").sort());
    expect(watched("ApproximateAgeOfOldestMessage", "QueueName")).toEqual(names("queue").sort());
  });

  test("every function that nobody invokes by hand is watched for errors, throttles and slowness", () => {
    const functions = graph.functions.filter(
      (fn) => !deployers(graph).includes(fn) && !/^(lookup|erase|documents$)/.test(fn.name),
    );
    const names = functions.map(({ functionName }) => functionName);
    // An eraser that fails keeps people in the rows; it is seldom throttled, and slow on purpose. No appointment waits for documents.
    const erasers = graph.functions.filter(({ name }) => /^(erase|documents$)/.test(name)).map((fn) => fn.functionName);
    expect(watched("Errors", "FunctionName")).toEqual([...names, ...some(erasers)].sort());
    for (const metric of ["Throttles", "Duration"]) {
      expect(watched(metric, "FunctionName"), metric).toEqual(names.toSorted());
    }
    for (const { functionName, timeoutSeconds } of functions) {
      const slow = ofType(graph, alarmType).filter(
        ({ inputs }) =>
          inputs.metricName === "Duration" &&
          (inputs.dimensions as { FunctionName: string }).FunctionName === functionName,
      );
      expect(only(slow, "alarm").inputs.threshold, functionName).toBe(timeoutSeconds * 800);
    }
  });

  /** By metric: its namespace, the statistic that shows the fault, and the side of the threshold on which it lies. */
  const meaning: Record<string, [namespace: string, statistic: string, comparison: string]> = {
    "5xx": ["AWS/ApiGateway", "Sum", "GreaterThanThreshold"],
    ApproximateAgeOfOldestMessage: ["AWS/SQS", "Maximum", "GreaterThanThreshold"],
    ApproximateNumberOfMessagesVisible: ["AWS/SQS", "Maximum", "GreaterThanThreshold"],
    CPUCreditBalance: ["AWS/RDS", "Minimum", "LessThanThreshold"],
    DatabaseConnections: ["AWS/RDS", "Maximum", "GreaterThanThreshold"],
    Duration: ["AWS/Lambda", "p99", "GreaterThanThreshold"],
    Errors: ["AWS/Lambda", "Sum", "GreaterThanThreshold"],
    FreeableMemory: ["AWS/RDS", "Minimum", "LessThanThreshold"],
    FreeStorageSpace: ["AWS/RDS", "Minimum", "LessThanThreshold"],
    Invocations: ["AWS/Lambda", "Sum", "LessThanThreshold"],
    ReadThrottleEvents: ["AWS/DynamoDB", "Sum", "GreaterThanThreshold"],
    Throttles: ["AWS/Lambda", "Sum", "GreaterThanThreshold"],
    WaitingTooLong: ["appointments/production", "Sum", "GreaterThanThreshold"],
    WriteThrottleEvents: ["AWS/DynamoDB", "Sum", "GreaterThanThreshold"],
  };

  test("every alarm has the statistic and the direction that its metric needs", () => {
    for (const { name, inputs } of some(ofType(graph, alarmType))) {
      const { namespace, statistic, extendedStatistic, comparisonOperator } = inputs;
      const found = [namespace, statistic ?? extendedStatistic, comparisonOperator];
      expect(found, name).toEqual(meaning[String(inputs.metricName)]);
      // CloudWatch takes percentiles as extended statistics only.
      expect(String(statistic), name).not.toMatch(/^p/);
      // Nothing sent, nothing failed: a metric without data points is not a fault, but for runs that must be.
      const missing = inputs.metricName === "Invocations" ? "breaching" : "notBreaching";
      expect(inputs.treatMissingData, name).toBe(missing);
      expect(Number(inputs.datapointsToAlarm ?? inputs.evaluationPeriods), name).toBeLessThanOrEqual(
        Number(inputs.evaluationPeriods),
      );
    }
  });

  test("many connections are between half and nine tenths of what the instance class takes", () => {
    // docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html: memory in bytes / 12,582,880
    const gibibytes: Record<string, number> = { "db.t4g.micro": 1, "db.t4g.small": 2 };
    const limits = ofType(graph, "aws:rds/instance:Instance").map(
      ({ inputs }) => ((gibibytes[String(inputs.instanceClass)] ?? 0) * 2 ** 30) / 12_582_880,
    );
    const alarms = ofType(graph, alarmType).filter(({ inputs }) => inputs.metricName === "DatabaseConnections");
    for (const { name, inputs } of some(alarms)) {
      expect(Number(inputs.threshold), name).toBeLessThan(0.9 * Math.min(...some(limits)));
      expect(Number(inputs.threshold), name).toBeGreaterThan(0.5 * Math.min(...limits));
    }
  });

  test("every database is watched for connections, storage, memory and CPU credits", () => {
    const identifiers = graph.databases.map(({ identifier }) => identifier).sort();
    for (const metric of ["DatabaseConnections", "FreeStorageSpace", "FreeableMemory", "CPUCreditBalance"])
      expect(watched(metric, "DBInstanceIdentifier"), metric).toEqual(identifiers);
  });

  test("the table and its index are watched for throttles", () => {
    const table = only(graph.tables, "table");
    const places = [undefined, ...table.globalIndexes.map(({ name }) => name)].sort();
    for (const metric of ["ReadThrottleEvents", "WriteThrottleEvents"]) {
      expect(new Set(watched(metric, "TableName")), metric).toEqual(new Set([table.tableName]));
      expect(watched(metric, "GlobalSecondaryIndexName"), metric).toEqual(places);
    }
  });

  test("that something scheduled does not run is an alarm, of the reconciler within five minutes, though nothing is sent then", () => {
    const scheduled = some(
      graph.functions.filter(({ arn }) => graph.schedules.some((each) => each.functionArn === arn)),
    );
    expect(watched("Invocations", "FunctionName")).toEqual(scheduled.map(({ functionName }) => functionName).sort());
    const stopped = ofType(graph, alarmType).find(({ name }) => name === "ReconcilerStopped");
    expect(stopped?.inputs).toMatchObject({
      dimensions: { FunctionName: graph.functions.find(({ name }) => name === "reconcile")?.functionName },
      period: 300,
      evaluationPeriods: 1,
      threshold: 1,
    });
  });

  test("appointments that wait for over five minutes are counted from the reconciler's log", () => {
    const filter = only(ofType(graph, "aws:cloudwatch/logMetricFilter:LogMetricFilter"), "metric filter").inputs;
    const group = ofType(graph, "aws:cloudwatch/logGroup:LogGroup").find(({ name }) => name === "reconcileLogGroup");
    expect(group).toBeDefined();
    expect(filter).toMatchObject({
      name: "appointments-production-WaitingTooLong",
      pattern: "{ $.message.ageSeconds >= 300 }",
      logGroupName: group?.inputs.name,
      metricTransformation: { namespace: "appointments/production", name: "WaitingTooLong", value: "1" },
    });
    expect(watched("WaitingTooLong", "")).toHaveLength(1);
  });

  test("that somebody waits stays red from one question of the reconciler to the next", () => {
    const { inputs } = only(
      ofType(graph, alarmType).filter(({ name }) => name === "WaitingTooLong"),
      "alarm",
    );
    const longestMinutes = 60; // ADR 7
    expect(inputs.datapointsToAlarm).toBe(1);
    // And one more for the minute that the schedule may take.
    expect((Number(inputs.evaluationPeriods) * Number(inputs.period)) / 60).toBeGreaterThan(longestMinutes);
  });

  test("every alarm goes to the topic and names a page that the runbook has", async () => {
    const runbook = await readFile(join(root, "docs/runbook.md"), "utf8");
    const pages = new Set([...runbook.matchAll(/^## (.+)$/gm)].map((match) => match[1]));
    const topic = graph.topics.find(({ name }) => name === "Alarms");
    for (const { inputs, name } of some(ofType(graph, alarmType))) {
      expect(inputs.okActions, name).toEqual([topic?.arn]);
      expect(inputs.alarmActions, name).toEqual([topic?.arn]);
      const page = /docs\/runbook\.md#([a-z-]+)$/.exec(String(inputs.alarmDescription))?.[1];
      expect(pages, name).toContain(page);
    }
  });

  test("the events of the bus are kept for 90 days", () => {
    const archive = only(ofType(graph, "aws:cloudwatch/eventArchive:EventArchive"), "archive").inputs;
    expect(archive).toMatchObject({ eventSourceArn: graph.buses[0]?.arn, retentionDays: 90 });
  });
});

describe("alarms of another stage", () => {
  let named: Graph;
  let personal: Graph;
  beforeAll(async () => {
    named = await graphOf("feature-x");
    personal = await graphOf("someone", { dev: true });
  });

  test("are none, and under sst dev nothing is archived", () => {
    expect(ofType(named, alarmType)).toEqual([]);
    expect(named.topics.map(({ name }) => name)).not.toContain("Alarms");
    expect(ofType(personal, "aws:cloudwatch/eventArchive:EventArchive")).toEqual([]);
  });
});

test("the address, from a variable or a secret, is subscribed to the alarms; production without one is refused", async () => {
  await expect(graphOf("production", { env: { ALARM_EMAIL: undefined } })).rejects.toThrow(
    "Nobody would be told of the alarms of stage production: set ALARM_EMAIL",
  );
  const env = { ALARM_EMAIL: undefined, SST_SECRET_ALARM_EMAIL: "oncall@example.com" };
  const graph = await graphOf("production", { env });
  expect(graph.subscriptions).toContainEqual(
    expect.objectContaining({ protocol: "email", endpoint: "oncall@example.com" }),
  );
});
