import { type Answer, errorAnswer, jsonAnswer } from "../../aws/answer.ts";
import { PatternFault } from "../../aws/pattern/fault.ts";
import { readPattern } from "../../aws/pattern/pattern.ts";
import { type AwsRequest, parseObject, text } from "../../aws/request.ts";

const required = ["id", "account", "source", "time", "region", "detail-type"];

/**
 * EventBridge's TestEventPattern.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
 */
export function testEventPattern(request: AwsRequest): Answer {
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
