import type { Graph, GraphKey, GraphRule } from "@appointments/graph/graph";
import { type Call, decide, fromService, misunderstood } from "@appointments/graph/iam";
import type { ServiceLog } from "./service.ts";

/**
 * Why AWS would not let a service put messages into a queue; undefined when it would. A service is let in by the
 * queue's own policy alone, and into an encrypted queue by the key's policy too.
 *
 * @param source.service `sns.amazonaws.com` or `events.amazonaws.com`
 * @param source.arn the topic's or the rule's ARN, which AWS puts into `aws:SourceArn`
 */
export function refusal(graph: Graph, queueArn: string, source: { service: string; arn: string }): string | undefined {
  const queue = graph.queues.find(({ arn }) => arn === queueArn);
  if (queue === undefined) return `there is no queue ${queueArn}`;
  const problems = queue.policy.flatMap(misunderstood);
  if (problems.length > 0) {
    throw new Error(`The policy of queue ${queue.name} is beyond the local system: ${problems.join("; ")}.`);
  }
  const asks = (action: string, resource: string) => ({
    action,
    resource,
    ...fromService(graph, source.service, source.arn),
  });
  const decision = decide(queue.policy, asks("sqs:SendMessage", queueArn));
  if (decision !== "allow") {
    const why = decision === "explicit-deny" ? "denies it" : "does not allow it";
    return `the policy of queue ${queue.name} ${why} for ${source.service} from ${source.arn}`;
  }
  return queue.key && keyRefusal(queue.name, queue.key, asks, source.service);
}

/**
 * A message for an encrypted queue is encrypted on behalf of whoever sends it, so a service also needs the key. A key that
 * AWS manages, as `alias/aws/sqs`, has a policy that nobody can change and that lets no service in.
 *
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html#compatibility-with-aws-services
 */
function keyRefusal(
  queue: string,
  key: GraphKey,
  asks: (action: string, resource: string) => Call,
  service: string,
): string | undefined {
  const { id, policy } = key;
  if (policy === undefined && !/(^|:)alias\/aws\//.test(id)) return undefined;
  const problems = (policy ?? []).flatMap(misunderstood);
  if (problems.length > 0)
    throw new Error(`The policy of key ${id} is beyond the local system: ${problems.join("; ")}.`);
  const missing = ["kms:GenerateDataKey", "kms:Decrypt"].find(
    (action) => decide(policy ?? [], asks(action, id)) !== "allow",
  );
  return missing && `queue ${queue} is encrypted with key ${id}, whose policy does not let ${service} ${missing}`;
}

/** The targets of a rule that AWS would deliver to. Logs each other target, and each dead letter that AWS would lose. */
export function openTargets(graph: Graph, rule: GraphRule, log: ServiceLog): GraphRule["targets"] {
  return rule.targets.filter(({ arn, deadLetterArn }) => {
    if (!arn.startsWith("arn:aws:sqs:")) {
      throw new Error(`Rule ${rule.name} has the target ${arn}; the local system delivers events to SQS queues only.`);
    }
    const source = { service: "events.amazonaws.com", arn: rule.arn };
    checkDeadLetters(graph, rule.name, deadLetterArn, source, log);
    const why = refusal(graph, arn, source);
    if (why === undefined) return true;
    log("error", `AWS would not deliver: a target of rule ${rule.name} is left out, because ${why}`);
    return false;
  });
}

/** On AWS a dead letter that the queue's policy does not let in is lost without a sound. */
export function checkDeadLetters(
  graph: Graph,
  name: string,
  deadLetterArn: string | undefined,
  source: { service: string; arn: string },
  log: ServiceLog,
): void {
  const why = deadLetterArn === undefined ? undefined : refusal(graph, deadLetterArn, source);
  if (why !== undefined) log("error", `AWS would lose the dead letters of ${name}, because ${why}`);
}
