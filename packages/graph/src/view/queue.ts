import { ConfigError } from "../evaluate/evaluation.ts";
import type { GraphKey, GraphMapping, GraphQueue, GraphResource } from "../graph.ts";
import { parsePolicy } from "../policy.ts";
import { aws, record, strings } from "../resource.ts";
import { onePolicy } from "../rule/message.ts";
import { functionArn } from "./function.ts";
import {
  byName,
  componentName,
  number,
  optionalText,
  parsed,
  type Resources,
  text,
  value,
  viewsOf,
} from "./resources.ts";

/**
 * @throws ConfigError when a queue has two policies: on AWS the one applied last replaces the other
 */
export function queues(resources: Resources): GraphQueue[] {
  const policies = Map.groupBy(resources.of(aws.queuePolicy), (policy) => text(policy, "queueUrl"));
  return viewsOf(resources, aws.queue, (queue) => {
    const own = policies.get(text(queue, "url")) ?? [];
    if (own.length > 1) {
      const names = own.map((policy) => policy.name).join(" and ");
      throw new ConfigError(
        `${onePolicy}: ${queue.name} has two policies, ${names}: on AWS one would replace the other.`,
      );
    }
    const redrive = parsed(queue.inputs.redrivePolicy);
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
      ...(redrive && {
        redrive: {
          deadLetterArn: String(redrive.deadLetterTargetArn),
          maxReceiveCount: Number(redrive.maxReceiveCount),
        },
      }),
      policy: parsePolicy(own[0]?.inputs.policy ?? queue.inputs.policy),
      ...(key ? { key: keyOf(resources, key) } : {}),
    };
  });
}

export function mappings(resources: Resources): GraphMapping[] {
  return byName(
    resources
      .of(aws.mapping)
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

/**
 * The key that is meant by an id, an ARN or an alias, with its policy when it is a key of this app.
 *
 * A key without a stated policy has AWS's default one, which lets nobody but the account in: no service.
 */
function keyOf(resources: Resources, reference: string): GraphKey {
  const names = (resource: GraphResource, ...fields: string[]) => fields.map((field) => value(resource, field));
  const alias = resources.of(aws.alias).find((candidate) => names(candidate, "name", "arn").includes(reference));
  const meant = alias === undefined ? reference : text(alias, "targetKeyId");
  const key = resources.of(aws.key).find((candidate) => names(candidate, "keyId", "arn").includes(meant));
  if (key === undefined) return { id: reference };
  const policy = resources.of(aws.keyPolicy).find(({ inputs }) => names(key, "keyId", "arn").includes(inputs.keyId));
  return { id: text(key, "arn"), policy: parsePolicy(policy?.inputs.policy ?? key.inputs.policy) };
}
