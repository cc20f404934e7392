import type { Graph } from "@appointments/graph/graph";
import { type Answer, jsonAnswer } from "../../aws/answer.ts";
import type { ServiceLog } from "../../aws/log.ts";
import { type AwsRequest, text } from "../../aws/request.ts";
import { type Archives, nameIn, notFound } from "./archive.ts";
import { putEvents } from "./events.ts";
import type { Replays } from "./replay.ts";
import type { DeliverEvents } from "./rule.ts";
import { testEventPattern } from "./test-pattern.ts";

/** What serves a graph's buses. */
export interface EventsContext {
  graph: Graph;
  deliver: DeliverEvents;
  archives: Archives;
  replays: Replays;
  log: ServiceLog;
}

/** Serves a call to EventBridge; undefined for one that is not known here. */
export async function serveEvents(request: AwsRequest, context: EventsContext): Promise<Answer | undefined> {
  switch (request.action) {
    case "PutEvents":
      return putEvents(request, context);
    case "TestEventPattern":
      return testEventPattern(request);
    case "ListRuleNamesByTarget":
      return ruleNames(request, context.graph);
    default:
      return context.replays.serve(request) ?? (await context.archives.serve(request));
  }
}

/** Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRuleNamesByTarget.html */
function ruleNames(request: AwsRequest, graph: Graph): Answer {
  const given = text(request.params.EventBusName) ?? "default";
  const bus = given.startsWith("arn:") ? nameIn(given) : given;
  if (bus !== "default" && !graph.buses.some(({ busName }) => busName === bus))
    return notFound(request, `Event bus ${bus} does not exist.`);
  const rules = graph.rules.filter(
    ({ busName, targets }) => busName === bus && targets.some(({ arn }) => arn === request.params.TargetArn),
  );
  return jsonAnswer(request, { RuleNames: rules.map(({ ruleName }) => ruleName) });
}
