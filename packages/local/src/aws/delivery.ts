import type { Graph, GraphKey, GraphRule, PolicyStatement } from "@appointments/graph/graph";
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
  const asks = (action: string, resource: string) => ({
    action,
    resource,
    ...fromService(graph, source.service, source.arn),
  });
  const decision = decide(understood(`queue ${queue.name}`, queue.policy), asks("sqs:SendMessage", queueArn));
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
  { id, policy }: GraphKey,
  asks: (action: string, resource: string) => Call,
  service: string,
): string | undefined {
  if (policy === undefined && !/(^|:)alias\/aws\//.test(id)) return undefined;
  const statements = understood(`key ${id}`, policy ?? []);
  const needed = ["kms:GenerateDataKey", "kms:Decrypt"];
  const missing = needed.find((action) => decide(statements, asks(action, id)) !== "allow");
  return missing && `queue ${queue} is encrypted with key ${id}, whose policy does not let ${service} ${missing}`;
}

function understood(owner: string, statements: PolicyStatement[]): PolicyStatement[] {
  const problems = statements.flatMap(misunderstood);
  if (problems.length === 0) return statements;
  throw new Error(`The policy of ${owner} is beyond the local system: ${problems.join("; ")}.`);
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

/** The dead-letter queue, if its policy lets the letters in. On AWS they would be lost without a sound; here the log says so. */
export function checkDeadLetters(
  graph: Graph,
  name: string,
  deadLetterArn: string | undefined,
  source: { service: string; arn: string },
  log: ServiceLog,
): string | undefined {
  const why = deadLetterArn === undefined ? undefined : refusal(graph, deadLetterArn, source);
  if (why === undefined) return deadLetterArn;
  log("error", `AWS would lose the dead letters of ${name}, because ${why}`);
  return undefined;
}
