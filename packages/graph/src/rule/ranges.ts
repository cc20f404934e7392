import { at, aws } from "../resource.ts";
import { each, type Rule } from "./rule.ts";

/** `property` is the path of the number; the range holds its ends. */
type Range = [rule: string, type: string, property: string, least: number, most: number, unit: string];

/** Numbers and the range in which AWS takes them, by the page that states it. */
const ranges: Record<string, Range[]> = {
  "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html": [
    ["lambda.timeout", aws.function, "timeout", 1, 900, "seconds"],
    ["lambda.memory", aws.function, "memorySize", 128, 10_240, "MB"],
    ["lambda.storage", aws.function, "ephemeralStorage.size", 512, 10_240, "MB"],
  ],
  "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html": [
    ["lambda.batch-size", aws.mapping, "batchSize", 1, 10_000, "messages"],
    ["lambda.window", aws.mapping, "maximumBatchingWindowInSeconds", 0, 300, "seconds"],
  ],
  "https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html": [
    ["lambda.maximum-concurrency", aws.mapping, "scalingConfig.maximumConcurrency", 2, 1000, "environments"],
  ],
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html": [
    ["sqs.visibility", aws.queue, "visibilityTimeoutSeconds", 0, 43_200, "seconds"],
    ["sqs.retention", aws.queue, "messageRetentionSeconds", 60, 1_209_600, "seconds"],
    ["sqs.delay", aws.queue, "delaySeconds", 0, 900, "seconds"],
    ["sqs.wait", aws.queue, "receiveWaitTimeSeconds", 0, 20, "seconds"],
    ["sqs.message-size", aws.queue, "maxMessageSize", 1024, 1_048_576, "bytes"],
  ],
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html": [
    ["sqs.receive-count", aws.queue, "redrivePolicy.maxReceiveCount", 1, 1000, "receives"],
  ],
  "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html": [
    ["events.event-age", aws.target, "retryPolicy.maximumEventAgeInSeconds", 60, 86_400, "seconds"],
    ["events.retry-attempts", aws.target, "retryPolicy.maximumRetryAttempts", 0, 185, "attempts"],
  ],
  "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html": [
    ["scheduler.retry-attempts", aws.schedule, "target.retryPolicy.maximumRetryAttempts", 0, 185, "attempts"],
  ],
  "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html": [
    ["rds.backup-days", aws.instance, "backupRetentionPeriod", 0, 35, "days"],
    ["rds.storage", aws.instance, "allocatedStorage", 20, 65_536, "GiB"],
  ],
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html": [
    ["apigateway.integration-timeout", aws.integration, "timeoutMilliseconds", 50, 30_000, "milliseconds"],
  ],
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html": [
    ["apigateway.cors-age", aws.api, "corsConfiguration.maxAge", -1, 86_400, "seconds"],
  ],
};

export const rangeRules: Rule[] = Object.entries(ranges).flatMap(([page, rows]) =>
  rows.map(([name, type, property, least, most, unit]) =>
    each(type, {
      name,
      says: `\`${property}\` is ${least} to ${most} ${unit}, whole ones.`,
      page,
      fault(resource) {
        const value = at(resource, property);
        if (value === undefined || value === null) return undefined;
        const fits = Number.isInteger(Number(value)) && Number(value) >= least && Number(value) <= most;
        return !fits && `${property} is ${JSON.stringify(value)}; AWS takes ${least} to ${most} ${unit}, whole ones.`;
      },
    }),
  ),
);
