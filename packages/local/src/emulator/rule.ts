import type { Graph, GraphRule } from "@appointments/graph/graph";
import {
  CreateEventBusCommand,
  type EventBridgeClient,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-eventbridge";
import type { Log } from "../gateway/log.ts";
import { openTargets } from "./delivery.ts";

/** Makes buses and rules at an endpoint that has an EventBridge of its own, with the targets that AWS would deliver to. */
export async function putRules(client: EventBridgeClient, graph: Graph, log: Log): Promise<void> {
  for (const { busName } of graph.buses) {
    await client.send(new CreateEventBusCommand({ Name: busName })).catch((error: unknown) => {
      if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    });
  }
  for (const rule of graph.rules) await putRule(client, rule, openTargets(graph, rule, log));
}

async function putRule(client: EventBridgeClient, rule: GraphRule, targets: GraphRule["targets"]): Promise<void> {
  const place = { EventBusName: rule.busName };
  await client.send(
    new PutRuleCommand({ ...place, Name: rule.ruleName, EventPattern: JSON.stringify(rule.pattern), State: "ENABLED" }),
  );
  const wanted = targets.map(({ arn, deadLetterArn, retry }, index) => ({
    Id: `target-${index + 1}`,
    Arn: arn,
    ...(deadLetterArn ? { DeadLetterConfig: { Arn: deadLetterArn } } : {}),
    ...(retry
      ? {
          RetryPolicy: {
            MaximumEventAgeInSeconds: retry.maximumEventAgeSeconds,
            MaximumRetryAttempts: retry.maximumAttempts,
          },
        }
      : {}),
  }));
  const { Targets = [] } = await client.send(new ListTargetsByRuleCommand({ ...place, Rule: rule.ruleName }));
  const left = Targets.map(({ Id = "" }) => Id).filter((id) => !wanted.some(({ Id }) => Id === id));
  if (left.length > 0) await client.send(new RemoveTargetsCommand({ ...place, Rule: rule.ruleName, Ids: left }));
  if (wanted.length > 0) await client.send(new PutTargetsCommand({ ...place, Rule: rule.ruleName, Targets: wanted }));
}
