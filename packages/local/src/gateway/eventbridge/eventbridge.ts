import type { Graph } from "@appointments/graph/graph";
import { PatternFault } from "../../aws/pattern/operator.ts";
import { readPattern } from "../../aws/pattern/pattern.ts";
import { type Answer, type AwsRequest, errorAnswer, jsonAnswer, parseObject, text } from "../../aws/request.ts";
import type { ServiceLog } from "../../aws/service.ts";
import { type Archives, nameIn, notFound } from "./archive.ts";
import { putEvents } from "./events.ts";
import type { Replays } from "./replay.ts";
import type { DeliverEvents } from "./rule.ts";

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

const required = ["id", "account", "source", "time", "region", "detail-type"];

/**
 * EventBridge's TestEventPattern.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
 */
function testEventPattern(request: AwsRequest): Answer {
  const refuse = (code: string, message: string) => errorAnswer(request, { status: 400, code, message });
  const event = parseObject(text(request.params.Event) ?? "");
  if (event === undefined || !required.every((name) => Object.hasOwn(event, name))) {
    return refuse("ValidationException", "Parameter Event is not valid.");
  }
  try {
    return jsonAnswer(request, { Result: readPattern(parse(text(request.params.EventPattern) ?? ""))(event) });
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error;
    return refuse("InvalidEventPatternException", `Event pattern is not valid. Reason: ${error.message}`);
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new PatternFault(error instanceof Error ? error.message : String(error));
  }
}
