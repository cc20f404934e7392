import { given } from "./given.ts";
import type { QueueWithDlq } from "./queue.ts";
import type { StageSettings } from "./stage.ts";

/** Where each alarm is explained: the heading of its page in the runbook. */
type Page =
  | "api-errors"
  | "database-connections"
  | "database-cpu"
  | "database-memory"
  | "database-storage"
  | "dead-letters"
  | "function-duration"
  | "function-errors"
  | "function-throttles"
  | "old-messages"
  | "reconciler-stopped"
  | "retention-stopped"
  | "table-throttles"
  | "waiting-too-long";

interface Condition {
  page: Page;
  metric: { namespace: string; name: string; dimensions: Record<string, $util.Input<string>> };
  statistic: "Sum" | "Maximum" | "Minimum" | "p99";
  /** Seconds that one data point covers. */
  periodSeconds: number;
  /** How many data points in a row make an alarm, */
  periods: number;
  /** or how many of them suffice: the alarm then lasts until none of the last `periods` is at fault. */
  suffice?: number;
  when: "above" | "below";
  threshold: number;
  /** Whether no data point at all is at fault, too: something that must happen did not. */
  missingIsFault?: boolean;
}

type Alarm = (name: string, condition: Condition) => void;

/**
 * The alarms of the stage. All go to one topic; `ALARM_EMAIL` subscribes an address to it. Only production has alarms:
 * each costs by the month, and on other stages nobody is woken. Throws when production has nobody to tell.
 */
export function alarms(stage: StageSettings) {
  const on = stage.production && !$dev;
  const topic = on ? new sst.aws.SnsTopic("Alarms") : undefined;
  if (topic) {
    const email = given("ALARM_EMAIL");
    if (!email) {
      throw new Error(
        `Nobody would be told of the alarms of stage ${stage.name}: set ALARM_EMAIL, or npx sst secret set ALARM_EMAIL ADDRESS --stage ${stage.name}.`,
      );
    }
    new aws.sns.TopicSubscription("AlarmsEmail", { topic: topic.arn, protocol: "email", endpoint: email });
  }

  function alarm(name: string, condition: Condition) {
    if (!topic) return;
    const { page, metric, statistic, periodSeconds, periods, suffice, when, threshold, missingIsFault } = condition;
    new aws.cloudwatch.MetricAlarm(name, {
      name: `${$app.name}-${$app.stage}-${name}`,
      alarmDescription: `What to look at and what to type: docs/runbook.md#${page}`,
      namespace: metric.namespace,
      metricName: metric.name,
      dimensions: metric.dimensions,
      ...(statistic === "p99" ? { extendedStatistic: statistic } : { statistic }),
      period: periodSeconds,
      evaluationPeriods: periods,
      ...(suffice !== undefined && { datapointsToAlarm: suffice }),
      comparisonOperator: when === "above" ? "GreaterThanThreshold" : "LessThanThreshold",
      threshold,
      treatMissingData: missingIsFault ? "breaching" : "notBreaching",
      alarmActions: [topic.arn],
      okActions: [topic.arn],
    });
  }

  return {
    queue: (queue: QueueWithDlq) => watchQueue(alarm, queue),
    fn: (name: string, fn: sst.aws.Function, timeoutSeconds: number) => watchFunction(alarm, name, fn, timeoutSeconds),
    database: (name: string, mysql: sst.aws.Mysql | undefined) =>
      watchDatabase(alarm, name, mysql, stage.database.manyConnections),
    table: (name: string, table: sst.aws.Dynamo, of: TableUse) => watchTable(alarm, name, table, of),
    api: (name: string, api: sst.aws.ApiGatewayV2) => watchApi(alarm, name, api),
    /** A function that no appointment waits for: that it fails is enough to know. */
    errors: (name: string, fn: sst.aws.Function) => watchErrors(alarm, name, fn, "function-errors"),
    /** A function that a schedule runs at least once a day, and that operators invoke. */
    daily: (name: string, fn: sst.aws.Function) => {
      watchRuns(alarm, name, fn, { page: "retention-stopped", periodSeconds: 24 * 60 * 60 });
      watchErrors(alarm, name, fn, "retention-stopped");
    },
    reconciler: (reconcile: sst.aws.Function) => {
      watchRuns(alarm, "Reconciler", reconcile, { page: "reconciler-stopped", periodSeconds: 300 });
      if (on) watchWaiting(alarm, reconcile);
    },
  };
}

/** Dead letters at once; messages that wait for five minutes. */
function watchQueue(alarm: Alarm, { name, queue, dlq }: QueueWithDlq) {
  const sqs = (metric: string, of: sst.aws.Queue) => ({
    namespace: "AWS/SQS",
    name: metric,
    dimensions: { QueueName: of.nodes.queue.name },
  });
  alarm(`${name}_DLQ-DeadLetters`, {
    page: "dead-letters",
    metric: sqs("ApproximateNumberOfMessagesVisible", dlq),
    statistic: "Maximum",
    periodSeconds: 60,
    periods: 1,
    when: "above",
    threshold: 0,
  });
  alarm(`${name}-OldMessages`, {
    page: "old-messages",
    metric: sqs("ApproximateAgeOfOldestMessage", queue),
    statistic: "Maximum",
    periodSeconds: 60,
    periods: 3,
    when: "above",
    threshold: 5 * 60,
  });
}

/** Errors, throttles, and a slowest hundredth that comes near the timeout. */
function watchFunction(alarm: Alarm, name: string, fn: sst.aws.Function, timeoutSeconds: number) {
  const lambda = (metric: string) => ({
    namespace: "AWS/Lambda",
    name: metric,
    dimensions: { FunctionName: fn.name },
  });
  const often = { statistic: "Sum", periodSeconds: 60, periods: 3, when: "above", threshold: 0 } as const;
  alarm(`${name}-Errors`, { page: "function-errors", metric: lambda("Errors"), ...often });
  alarm(`${name}-Throttles`, { page: "function-throttles", metric: lambda("Throttles"), ...often });
  alarm(`${name}-Duration`, {
    page: "function-duration",
    metric: lambda("Duration"),
    statistic: "p99",
    periodSeconds: 300,
    periods: 2,
    when: "above",
    threshold: 800 * timeoutSeconds,
  });
}

/** Connections near what the instance takes; storage, memory and CPU credits that run out. */
function watchDatabase(alarm: Alarm, name: string, mysql: sst.aws.Mysql | undefined, manyConnections: number) {
  const instance = mysql?.nodes.instance;
  if (!instance) return;
  const rds = (metric: string) => ({
    namespace: "AWS/RDS",
    name: metric,
    dimensions: { DBInstanceIdentifier: instance.identifier },
  });
  alarm(`${name}-Connections`, {
    page: "database-connections",
    metric: rds("DatabaseConnections"),
    statistic: "Maximum",
    periodSeconds: 60,
    periods: 5,
    when: "above",
    threshold: manyConnections,
  });
  alarm(`${name}-Storage`, {
    page: "database-storage",
    metric: rds("FreeStorageSpace"),
    statistic: "Minimum",
    periodSeconds: 300,
    periods: 1,
    when: "below",
    threshold: 4 * 1024 ** 3,
  });
  const lasting = { statistic: "Minimum", periodSeconds: 300, periods: 3, when: "below" } as const;
  // Of 576 that a t4g.small saves up in a day. Below none it runs on, and is billed by the minute.
  // docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
  alarm(`${name}-Cpu`, { page: "database-cpu", metric: rds("CPUCreditBalance"), ...lasting, threshold: 60 });
  alarm(`${name}-Memory`, {
    page: "database-memory",
    metric: rds("FreeableMemory"),
    ...lasting,
    threshold: 100 * 1024 ** 2,
  });
}

interface TableUse {
  /** The table's indexes: each has throttles of its own. */
  indexes: string[];
}

/**
 * Requests that DynamoDB throttles, of the table and of each index. What it fails for long shows where it is asked for: in the
 * API's errors, in old messages, in waiting appointments.
 */
function watchTable(alarm: Alarm, name: string, table: sst.aws.Dynamo, { indexes }: TableUse) {
  const dynamo = (metric: string, more: Record<string, string> = {}) => ({
    namespace: "AWS/DynamoDB",
    name: metric,
    dimensions: { TableName: table.name, ...more },
  });
  const often = { statistic: "Sum", periodSeconds: 60, periods: 3, when: "above", threshold: 0 } as const;
  for (const direction of ["Read", "Write"]) {
    const metric = `${direction}ThrottleEvents`;
    alarm(`${name}-${direction}Throttles`, { page: "table-throttles", metric: dynamo(metric), ...often });
    for (const index of indexes) {
      const metricOfIndex = dynamo(metric, { GlobalSecondaryIndexName: index });
      alarm(`${name}-${index}-${direction}Throttles`, { page: "table-throttles", metric: metricOfIndex, ...often });
    }
  }
}

/** That an invocation failed: such a function runs too seldom for several periods in a row. */
function watchErrors(alarm: Alarm, name: string, fn: sst.aws.Function, page: Page) {
  alarm(`${name}-Errors`, {
    page,
    metric: { namespace: "AWS/Lambda", name: "Errors", dimensions: { FunctionName: fn.name } },
    statistic: "Sum",
    periodSeconds: 300,
    periods: 1,
    when: "above",
    threshold: 0,
  });
}

/**
 * That what is scheduled runs: without the reconciler an appointment whose message was lost waits for ever, without the
 * retention people stay for ever, and nothing says so.
 */
function watchRuns(alarm: Alarm, name: string, fn: sst.aws.Function, of: Pick<Condition, "page" | "periodSeconds">) {
  alarm(`${name}Stopped`, {
    ...of,
    metric: { namespace: "AWS/Lambda", name: "Invocations", dimensions: { FunctionName: fn.name } },
    statistic: "Sum",
    periods: 1,
    when: "below",
    threshold: 1,
    missingIsFault: true,
  });
}

/** Answers of the API that are our fault. */
function watchApi(alarm: Alarm, name: string, api: sst.aws.ApiGatewayV2) {
  alarm(`${name}-Errors`, {
    page: "api-errors",
    metric: { namespace: "AWS/ApiGateway", name: "5xx", dimensions: { ApiId: api.nodes.api.id } },
    statistic: "Sum",
    periodSeconds: 60,
    periods: 3,
    when: "above",
    threshold: 0,
  });
}

/**
 * Appointments that wait for their country for longer than five minutes: the reconciler logs how long, each time it
 * asks again, and a metric filter counts. docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
function watchWaiting(alarm: Alarm, reconcile: sst.aws.Function) {
  const metric = { namespace: `${$app.name}/${$app.stage}`, name: "WaitingTooLong" };
  new aws.cloudwatch.LogMetricFilter("WaitingTooLong", {
    name: `${$app.name}-${$app.stage}-WaitingTooLong`,
    // Not by the function's name: on AWS the two have random endings of their own.
    logGroupName: reconcile.nodes.logGroup.apply((group) => (group ? group.name : $output(""))),
    pattern: "{ $.message.ageSeconds >= 300 }",
    metricTransformation: { ...metric, value: "1" },
  });
  alarm("WaitingTooLong", {
    page: "waiting-too-long",
    metric: { ...metric, dimensions: {} },
    statistic: "Sum",
    // The reconciler asks again after 1, 2, 4 … at most 60 minutes. Between two of its questions the alarm stays red.
    periodSeconds: 10 * 60,
    periods: 7,
    suffice: 1,
    when: "above",
    threshold: 0,
  });
}
