import type { GraphResource } from "@appointments/graph/graph";
import type { QueueAttributeName } from "@aws-sdk/client-sqs";

/** What CloudWatch's metrics of a queue are called when SQS itself is asked: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
const attributes: Record<string, QueueAttributeName> = {
  ApproximateNumberOfMessagesVisible: "ApproximateNumberOfMessages",
};

const comparisons: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/** An alarm on a queue, as the graph has it, to be asked of a queue that runs somewhere. */
export function queueAlarm({ name, inputs }: GraphResource) {
  const attribute = attributes[String(inputs.metricName)];
  const breaches = comparisons[String(inputs.comparisonOperator)];
  if (inputs.namespace !== "AWS/SQS" || attribute === undefined || breaches === undefined)
    throw new Error(`${name} is no alarm that a look at a queue can answer`);
  // One data point makes the alarm, so one look can say whether it would ring.
  if (inputs.evaluationPeriods !== 1) throw new Error(`${name} needs ${inputs.evaluationPeriods} data points`);
  return {
    /** The dimension: a queue's name on AWS. */
    queueName: String((inputs.dimensions as { QueueName?: unknown }).QueueName),
    /** The attribute of SQS that is the metric. */
    attribute,
    /** Where the alarm's description says to look, e.g. `docs/runbook.md#dead-letters`. */
    link: /docs\/\S+$/.exec(String(inputs.alarmDescription))?.[0] ?? "",
    breaches: (value: number) => breaches(value, Number(inputs.threshold)),
  };
}
