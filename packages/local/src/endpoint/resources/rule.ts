import type { Graph, GraphRule } from "@appointments/graph/graph";
import {
  CreateEventBusCommand,
  DeleteRuleCommand,
  type EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-eventbridge";
import { openTargets } from "../../aws/delivery.ts";
import { PatternFault } from "../../aws/pattern/operator.ts";
import { readPattern } from "../../aws/pattern/pattern.ts";
import type { ServiceLog } from "../../aws/service.ts";

/**
 * Makes buses and rules at an endpoint that has an EventBridge of its own, with the targets that AWS would deliver to.
 * Rules of these buses that have left the graph are removed.
 */
export async function putRules(client: EventBridgeClient, graph: Graph, log: ServiceLog): Promise<void> {
  for (const { busName } of graph.buses) {
    await client.send(new CreateEventBusCommand({ Name: busName })).catch((error: unknown) => {
      if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    });
  }
  for (const rule of graph.rules) {
    const EventPattern = JSON.stringify(rule.pattern);
    const { busName: EventBusName, ruleName: Name } = rule;
    await client.send(new PutRuleCommand({ EventBusName, Name, EventPattern, State: "ENABLED" }));
    await putTargets(client, rule, openTargets(graph, rule, log));
  }
  const wanted = new Set(graph.rules.map(({ busName, ruleName }) => `${busName} ${ruleName}`));
  for (const { busName } of graph.buses) {
    const { Rules = [] } = await client.send(new ListRulesCommand({ EventBusName: busName }));
    for (const { Name = "" } of Rules.filter(({ Name }) => !wanted.has(`${busName} ${Name}`))) {
      await putTargets(client, { busName, ruleName: Name }, []);
      await client.send(new DeleteRuleCommand({ EventBusName: busName, Name }));
      log("info", `rule ${Name} has left the graph; removed`);
    }
  }
}

async function putTargets(
  client: EventBridgeClient,
  { busName, ruleName }: Pick<GraphRule, "busName" | "ruleName">,
  targets: GraphRule["targets"],
): Promise<void> {
  const place = { EventBusName: busName, Rule: ruleName };
  const wanted = targets.map(({ arn, deadLetterArn, retry }, index) => ({
    Id: `target-${index + 1}`,
    Arn: arn,
    DeadLetterConfig: deadLetterArn ? { Arn: deadLetterArn } : undefined,
    RetryPolicy: retry && {
      MaximumEventAgeInSeconds: retry.maximumEventAgeSeconds,
      MaximumRetryAttempts: retry.maximumAttempts,
    },
  }));
  const { Targets = [] } = await client.send(new ListTargetsByRuleCommand(place));
  const left = Targets.map(({ Id = "" }) => Id).filter((id) => !wanted.some(({ Id }) => Id === id));
  if (left.length > 0) await client.send(new RemoveTargetsCommand({ ...place, Ids: left }));
  if (wanted.length === 0) return;
  const { FailedEntries = [] } = await client.send(new PutTargetsCommand({ ...place, Targets: wanted }));
  if (FailedEntries.length > 0)
    throw new Error(`Rule ${ruleName} has not all targets: ${JSON.stringify(FailedEntries)}`);
}

/**
 * Checks the rules that the gateway itself carries out; the log says what their targets would not get on AWS.
 *
 * @throws when a rule has a pattern that AWS would refuse, or a target that is no queue
 */
export function checkRules(graph: Graph, log: ServiceLog): void {
  for (const rule of graph.rules) {
    try {
      readPattern(rule.pattern);
    } catch (error) {
      if (!(error instanceof PatternFault)) throw error;
      throw new Error(`Rule ${rule.name}: event pattern is not valid. Reason: ${error.message}`);
    }
    openTargets(graph, rule, log);
  }
}
