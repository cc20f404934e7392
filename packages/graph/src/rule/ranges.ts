import type { GraphResource } from "../graph.ts";
import { at, each, json, type Rule } from "./rule.ts";

interface Range {
  rule: string;
  type: string;
  property: string;
  least: number;
  most: number;
  unit: string;
  page: string;
  /** Where the number is when it is not a property of its own. */
  read?: (resource: GraphResource) => unknown;
}

const createQueue = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html";
const createMapping = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html";
const createFunction = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html";
const createInstance = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html";
const retryPolicy = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html";
const queue = "aws:sqs/queue:Queue";
const mapping = "aws:lambda/eventSourceMapping:EventSourceMapping";
const lambda = "aws:lambda/function:Function";
const instance = "aws:rds/instance:Instance";
const target = "aws:cloudwatch/eventTarget:EventTarget";

/** Numbers and the range in which AWS takes them. */
const ranges: Range[] = [
  {
    rule: "lambda.timeout",
    type: lambda,
    property: "timeout",
    least: 1,
    most: 900,
    unit: "seconds",
    page: createFunction,
  },
  {
    rule: "lambda.memory",
    type: lambda,
    property: "memorySize",
    least: 128,
    most: 10_240,
    unit: "MB",
    page: createFunction,
  },
  {
    rule: "lambda.storage",
    type: lambda,
    property: "ephemeralStorage.size",
    least: 512,
    most: 10_240,
    unit: "MB",
    page: createFunction,
  },
  {
    rule: "lambda.batch-size",
    type: mapping,
    property: "batchSize",
    least: 1,
    most: 10_000,
    unit: "messages",
    page: createMapping,
  },
  {
    rule: "lambda.window",
    type: mapping,
    property: "maximumBatchingWindowInSeconds",
    least: 0,
    most: 300,
    unit: "seconds",
    page: createMapping,
  },
  {
    rule: "lambda.maximum-concurrency",
    type: mapping,
    property: "scalingConfig.maximumConcurrency",
    least: 2,
    most: 1000,
    unit: "environments",
    page: "https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html",
  },
  {
    rule: "sqs.visibility",
    type: queue,
    property: "visibilityTimeoutSeconds",
    least: 0,
    most: 43_200,
    unit: "seconds",
    page: createQueue,
  },
  {
    rule: "sqs.retention",
    type: queue,
    property: "messageRetentionSeconds",
    least: 60,
    most: 1_209_600,
    unit: "seconds",
    page: createQueue,
  },
  { rule: "sqs.delay", type: queue, property: "delaySeconds", least: 0, most: 900, unit: "seconds", page: createQueue },
  {
    rule: "sqs.wait",
    type: queue,
    property: "receiveWaitTimeSeconds",
    least: 0,
    most: 20,
    unit: "seconds",
    page: createQueue,
  },
  {
    rule: "sqs.message-size",
    type: queue,
    property: "maxMessageSize",
    least: 1024,
    most: 1_048_576,
    unit: "bytes",
    page: createQueue,
  },
  {
    rule: "sqs.receive-count",
    type: queue,
    property: "redrivePolicy.maxReceiveCount",
    least: 1,
    most: 1000,
    unit: "receives",
    page: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    read: (resource) => json(at(resource, "redrivePolicy"))?.maxReceiveCount,
  },
  {
    rule: "events.event-age",
    type: target,
    property: "retryPolicy.maximumEventAgeInSeconds",
    least: 60,
    most: 86_400,
    unit: "seconds",
    page: retryPolicy,
  },
  {
    rule: "events.retry-attempts",
    type: target,
    property: "retryPolicy.maximumRetryAttempts",
    least: 0,
    most: 185,
    unit: "attempts",
    page: retryPolicy,
  },
  {
    rule: "scheduler.retry-attempts",
    type: "aws:scheduler/schedule:Schedule",
    property: "target.retryPolicy.maximumRetryAttempts",
    least: 0,
    most: 185,
    unit: "attempts",
    page: "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html",
  },
  {
    rule: "rds.backup-days",
    type: instance,
    property: "backupRetentionPeriod",
    least: 0,
    most: 35,
    unit: "days",
    page: createInstance,
  },
  {
    rule: "rds.storage",
    type: instance,
    property: "allocatedStorage",
    least: 20,
    most: 65_536,
    unit: "GiB",
    page: createInstance,
  },
  {
    rule: "apigateway.integration-timeout",
    type: "aws:apigatewayv2/integration:Integration",
    property: "timeoutMilliseconds",
    least: 50,
    most: 30_000,
    unit: "milliseconds",
    page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html",
  },
  {
    rule: "apigateway.cors-age",
    type: "aws:apigatewayv2/api:Api",
    property: "corsConfiguration.maxAge",
    least: -1,
    most: 86_400,
    unit: "seconds",
    page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html",
  },
];

export const rangeRules: Rule[] = ranges.map(({ rule, type, property, least, most, unit, page, read }) =>
  each(type, { name: rule, says: `\`${property}\` is ${least} to ${most} ${unit}, whole ones.`, page }, (resource) => {
    const value = read ? read(resource) : at(resource, property);
    if (value === undefined || value === null) return undefined;
    const fits = Number.isInteger(Number(value)) && Number(value) >= least && Number(value) <= most;
    return fits
      ? undefined
      : `${property} is ${JSON.stringify(value)}; AWS takes ${least} to ${most} ${unit}, whole ones.`;
  }),
);
