import { ConfigError } from "../error.ts";
import type { GraphMapping, GraphQueue, GraphResource } from "../graph.ts";
import { parsePolicy } from "../policy.ts";
import { onePolicy } from "../rule/sqs.ts";
import { functionArn } from "./function.ts";
import { keyOf } from "./key.ts";
import {
  byName,
  componentName,
  number,
  optionalText,
  parsed,
  type Resources,
  record,
  strings,
  text,
  value,
} from "./resources.ts";

/**
 * @throws ConfigError when a queue has two policies: on AWS the one applied last replaces the other
 */
export function queues(resources: Resources): GraphQueue[] {
  const policies = Map.groupBy(resources.of("aws:sqs/queuePolicy:QueuePolicy"), (policy) => text(policy, "queueUrl"));
  return byName(
    resources.of("aws:sqs/queue:Queue").map((queue) => {
      const own = policies.get(text(queue, "url")) ?? [];
      if (own.length > 1) {
        const names = own.map((policy) => policy.name).join(" and ");
        throw new ConfigError(
          `${onePolicy}: ${queue.name} has two policies, ${names}: on AWS one would replace the other.`,
        );
      }
      const redrive = redriveOf(queue);
      const key = optionalText(queue.inputs, "kmsMasterKeyId");
      return {
        name: componentName(queue, "sst:aws:Queue"),
        queueName: text(queue, "name"),
        arn: text(queue, "arn"),
        url: text(queue, "url"),
        fifo: queue.inputs.fifoQueue === true,
        visibilityTimeoutSeconds: number(queue, "visibilityTimeoutSeconds", 30),
        retentionSeconds: number(queue, "messageRetentionSeconds", 4 * 24 * 60 * 60),
        delaySeconds: number(queue, "delaySeconds", 0),
        // The provider's own default; SQS's is 1 MiB.
        maxMessageBytes: number(queue, "maxMessageSize", 262_144),
        ...(redrive ? { redrive } : {}),
        policy: parsePolicy(own[0]?.inputs.policy ?? queue.inputs.policy),
        ...(key ? { key: keyOf(resources, key) } : {}),
      };
    }),
  );
}

function redriveOf(queue: GraphResource): GraphQueue["redrive"] {
  const policy = parsed(queue.inputs.redrivePolicy);
  if (!policy) return undefined;
  return { deadLetterArn: String(policy.deadLetterTargetArn), maxReceiveCount: Number(policy.maxReceiveCount) };
}

export function mappings(resources: Resources): GraphMapping[] {
  return byName(
    resources
      .of("aws:lambda/eventSourceMapping:EventSourceMapping")
      .filter((mapping) => String(mapping.inputs.eventSourceArn).includes(":sqs:"))
      .map((mapping) => {
        const { maximumConcurrency } = record(mapping.inputs.scalingConfig);
        return {
          name: componentName(mapping, "sst:aws:QueueLambdaSubscriber"),
          queueArn: text(mapping, "eventSourceArn"),
          functionArn: functionArn(resources, value(mapping, "functionName")),
          batchSize: number(mapping, "batchSize", 10),
          windowSeconds: number(mapping, "maximumBatchingWindowInSeconds", 0),
          ...(typeof maximumConcurrency === "number" ? { maximumConcurrency } : {}),
          partialResponses: strings(mapping.inputs.functionResponseTypes).includes("ReportBatchItemFailures"),
        };
      }),
  );
}
