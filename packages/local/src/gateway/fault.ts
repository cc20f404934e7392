import { once } from "node:events";
import * as v from "valibot";
import { type Answer, type AwsRequest, errorAnswer, jsonAnswer, objects, parseObject, text } from "../aws/request.ts";

/**
 * - `fail-before`: nothing happens, the caller gets a 500
 * - `fail-after`: it happens, but the connection breaks before the answer
 * - `hang`: nothing happens and no answer comes until the caller gives up
 * - `throttle`: nothing happens, the caller gets the service's throttling error
 * - `partial`: of a batch, only the entries not named in `entries` happen
 * - `kill-before`, `kill-after`: as `fail-before` and `fail-after`, but the calling function is killed instead
 */
const kinds = ["fail-before", "fail-after", "hang", "throttle", "partial", "kill-before", "kill-after"] as const;

const name = v.exactOptional(v.string("is a string"));
const count = "is a whole number, 0 or more";
const whole = v.pipe(v.number(count), v.safeInteger(count), v.minValue(0, count));
const known = `is one of ${kinds.join(", ")}`;

const faultRule = v.strictObject(
  {
    fault: v.picklist(kinds, known),
    /** Component name of the function that calls; any when absent. */
    function: name,
    service: name,
    action: name,
    /** How many requests it hits; 1 when absent. */
    times: v.exactOptional(whole),
    /** How many matching requests pass before the first hit; 0 when absent. */
    skip: v.exactOptional(whole),
    /** For `partial`: positions of the entries that fail; the first when absent. */
    entries: v.exactOptional(v.array(whole, "is a list of positions")),
  },
  ({ expected, input }) => (expected === "never" ? `unknown field ${input}` : `an object with a fault, which ${known}`),
);

export type FaultRule = v.InferOutput<typeof faultRule>;

export function createFaults() {
  let rules: (FaultRule & { times: number; skip: number })[] = [];
  return {
    add: (added: FaultRule[]) => {
      rules = [...rules, ...added.map((rule) => ({ ...rule, times: rule.times ?? 1, skip: rule.skip ?? 0 }))];
    },
    clear: () => {
      rules = [];
    },
    /** The rules in force, with what is left of each. */
    list: (): FaultRule[] => rules.map((rule) => ({ ...rule })),
    /** The fault that this request meets, if any; the first matching rule counts. */
    take: (caller: string, { service, action }: Pick<AwsRequest, "service" | "action">): FaultRule | undefined => {
      const rule = rules.find(
        (rule) =>
          (rule.function ?? caller) === caller &&
          (rule.service ?? service) === service &&
          (rule.action ?? action) === action,
      );
      if (rule === undefined) return undefined;
      if (rule.skip > 0) {
        rule.skip--;
        return undefined;
      }
      rule.times--;
      if (rule.times <= 0) rules = rules.filter((other) => other !== rule);
      return rule;
    },
  };
}

export type Faults = ReturnType<typeof createFaults>;

/** Reads fault rules as they come over HTTP. @throws with what is wrong, and where */
export function parseFaults(value: unknown): FaultRule[] {
  const { success, output, issues } = v.safeParse(v.array(faultRule, "Faults are a list of rules."), value);
  if (success) return output;
  throw new Error(issues.map((issue) => `${v.getDotPath(issue) ?? ""} ${issue.message}`.trim()).join("; "));
}

/**
 * Serves a request under a fault.
 *
 * @param serve serves it as if there were no fault
 * @param kill ends the calling function's process
 * @param hungUp aborted when the caller has given up
 * @returns the answer; undefined when the connection is to break without one
 */
export async function withFault(
  rule: FaultRule,
  request: AwsRequest,
  serve: (request: AwsRequest) => Promise<Answer>,
  kill: () => void,
  hungUp: AbortSignal,
): Promise<Answer | undefined> {
  switch (rule.fault) {
    case "fail-before":
      return errorAnswer(request, { status: 500, code: internalError(request.service), message: "Injected fault." });
    case "throttle":
      return errorAnswer(request, throttling(request.service));
    case "hang":
      if (!hungUp.aborted) await once(hungUp, "abort");
      return undefined;
    case "kill-before":
      kill();
      return undefined;
    case "fail-after":
    case "kill-after":
      await serve(request);
      if (rule.fault === "kill-after") kill();
      return undefined;
    case "partial":
      return partial(new Set(rule.entries ?? [0]), request, serve);
  }
}

function internalError(service: string): string {
  return (
    { dynamodb: "InternalServerError", events: "InternalException", sns: "InternalError" }[service] ?? "InternalFailure"
  );
}

function throttling(service: string) {
  const message = "Rate exceeded";
  if (service === "sns") return { status: 429, code: "Throttled", message };
  const codes: Record<string, string> = {
    dynamodb: "ProvisionedThroughputExceededException",
    sqs: "RequestThrottled",
  };
  return { status: 400, code: codes[service] ?? "ThrottlingException", message };
}

/** PutEvents and the batches of SQS: `Entries` in, results out, in EventBridge's order or by SQS's ids. */
async function partial(
  failing: Set<number>,
  request: AwsRequest,
  serve: (request: AwsRequest) => Promise<Answer>,
): Promise<Answer> {
  const entries = objects(request.params.Entries);
  const passing = entries.filter((_, index) => !failing.has(index));
  const params = { ...request.params, Entries: passing };
  const empty = request.service === "events" ? { Entries: [] } : { Successful: [], Failed: [] };
  const answer: Answer =
    passing.length > 0
      ? await serve({ ...request, params, body: Buffer.from(JSON.stringify(params)) })
      : jsonAnswer(request, empty);
  const result = parseObject(answer.body);
  if (answer.status !== 200 || result === undefined) return answer;
  if (request.service === "events") {
    const served = objects(result.Entries);
    const error = { ErrorCode: "ThrottlingException", ErrorMessage: "Rate exceeded" };
    const all = entries.map((_, index) => (failing.has(index) ? error : served.shift()));
    const FailedEntryCount = all.filter((entry) => entry !== undefined && "ErrorCode" in entry).length;
    return { ...answer, body: JSON.stringify({ FailedEntryCount, Entries: all }) };
  }
  const failed = entries.filter((_, index) => failing.has(index)).map(({ Id }) => text(Id) ?? "");
  const injected = failed.map((Id) => ({ Id, Code: "InternalError", Message: "Injected fault.", SenderFault: false }));
  return { ...answer, body: JSON.stringify({ ...result, Failed: [...objects(result.Failed), ...injected] }) };
}
