import type { Graph } from "@appointments/graph/graph";
import { decide, misunderstood } from "../gateway/iam.ts";

/**
 * Why AWS would not let a service put messages into a queue; undefined when it would. A service is let in by the
 * queue's own policy alone.
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
  const decision = decide(queue.policy, {
    action: "sqs:SendMessage",
    resource: queueArn,
    principal: { type: "Service", identifier: source.service },
    context: {
      "aws:sourcearn": source.arn,
      "aws:sourceaccount": graph.account,
      "aws:securetransport": "true",
      "aws:requestedregion": graph.region,
    },
  });
  if (decision === "allow") return undefined;
  const why = decision === "explicit-deny" ? "denies it" : "does not allow it";
  return `the policy of queue ${queue.name} ${why} for ${source.service} from ${source.arn}`;
}
