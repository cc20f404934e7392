import type { Graph, GraphRule } from "@appointments/graph/graph";
import type { Endpoints } from "../emulator/emulators.ts";
import { ruleTopicName } from "../emulator/topic.ts";
import { type Answer, errorAnswer, escapeXml, xmlAnswer } from "./answer.ts";
import type { Caller } from "./caller.ts";
import { putEvents } from "./events.ts";
import type { Log } from "./log.ts";
import { type AwsRequest, parseObject, text } from "./request.ts";
import { type Upstream, UpstreamError } from "./upstream.ts";

export interface ServiceContext {
  graph: Graph;
  endpoints: Endpoints;
  upstream: Upstream;
  log: Log;
}

/**
 * Serves a call by the service it is for.
 *
 * @param hungUp aborted when the caller has given up: the call behind is given up too
 */
export async function serve(
  request: AwsRequest,
  caller: Caller,
  context: ServiceContext,
  hungUp: AbortSignal,
): Promise<Answer> {
  try {
    switch (request.service) {
      case "dynamodb":
        return await forward(request, context.endpoints.dynamoUrl, context, hungUp);
      case "sqs":
        return await serveSqs(request, context, hungUp);
      case "sns":
        return await forward(request, context.endpoints.sqsSnsUrl, context, hungUp);
      case "events":
        if (request.action !== "PutEvents") break;
        return await putEvents(request, context.graph, (rule, them) => deliver(rule, them, context), context.log);
      case "sts":
        if (request.action === "GetCallerIdentity") return callerIdentity(caller, context.graph);
    }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (!hungUp.aborted) context.log("error", `${request.service} ${request.action}: ${error.message}`);
    return errorAnswer(request, {
      status: 503,
      code: "ServiceUnavailable",
      message: `Not reachable: ${error.message}`,
    });
  }
  return unknownOperation(request);
}

export function unknownOperation(request: AwsRequest): Answer {
  return errorAnswer(request, {
    status: 400,
    code: "UnknownOperationException",
    message:
      `The local system does not know ${request.action} of service ${request.service}. ` +
      "It serves DynamoDB, SQS, SNS, PutEvents of EventBridge and GetCallerIdentity of STS.",
  });
}

async function forward(request: AwsRequest, url: string, { upstream }: ServiceContext, hungUp: AbortSignal) {
  const ownToHop = ["host", "connection", "content-length", "transfer-encoding", "expect", "accept-encoding"];
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === "string" && !ownToHop.includes(name)) headers[name] = value;
  }
  const answer = await upstream.send(url, headers, request.body, { signal: hungUp });
  const kept = Object.entries(answer.headers).filter(([name]) => name === "content-type" || name.startsWith("x-amz"));
  return { ...answer, headers: Object.fromEntries(kept) };
}

async function serveSqs(request: AwsRequest, context: ServiceContext, hungUp: AbortSignal): Promise<Answer> {
  const answer = await forward(request, context.endpoints.sqsSnsUrl, context, hungUp);
  if (!["CreateQueue", "GetQueueUrl", "ListQueues", "ListDeadLetterSourceQueues"].includes(request.action))
    return answer;
  const result = parseObject(answer.body);
  if (result === undefined || answer.status !== 200) return answer;
  // A queue is to be called where this call came in, not at AWS.
  const here = (value: unknown) => text(value)?.replace(/^https?:\/\/[^/]+/, `http://${request.headers.host}`);
  for (const name of ["QueueUrls", "queueUrls"]) {
    const urls = result[name];
    if (Array.isArray(urls)) result[name] = urls.map(here);
  }
  if (result.QueueUrl !== undefined) result.QueueUrl = here(result.QueueUrl);
  return { ...answer, body: JSON.stringify(result) };
}

/** Publishes events to the topic that stands for the rule; its subscriptions hold the pattern and the targets. */
async function deliver(rule: GraphRule, envelopes: string[], context: ServiceContext): Promise<(string | undefined)[]> {
  const { account, region } = context.graph;
  const form = new URLSearchParams({
    Action: "PublishBatch",
    Version: "2010-03-31",
    TopicArn: `arn:aws:sns:${region}:${account}:${ruleTopicName(rule)}`,
  });
  for (const [index, envelope] of envelopes.entries()) {
    form.set(`PublishBatchRequestEntries.member.${index + 1}.Id`, String(index));
    form.set(`PublishBatchRequestEntries.member.${index + 1}.Message`, envelope);
  }
  const date = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    authorization: `AWS4-HMAC-SHA256 Credential=${account}/${date}/${region}/sns/aws4_request, SignedHeaders=host, Signature=0`,
  };
  try {
    const answer = await context.upstream.send(context.endpoints.sqsSnsUrl, headers, form.toString());
    const xml = answer.body.toString();
    if (answer.status !== 200) return envelopes.map(() => /<Message>(.*?)<\/Message>/s.exec(xml)?.[1] ?? xml);
    const failed = /<Failed>(.*)<\/Failed>/s.exec(xml)?.[1] ?? "";
    const errors = new Map<string, string>();
    for (const [, member = ""] of failed.matchAll(/<member>(.*?)<\/member>/gs)) {
      errors.set(/<Id>(.*?)<\/Id>/.exec(member)?.[1] ?? "", /<Message>(.*?)<\/Message>/s.exec(member)?.[1] ?? member);
    }
    return envelopes.map((_, index) => errors.get(String(index)));
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return envelopes.map(() => error.message);
  }
}

function callerIdentity(caller: Caller, graph: Graph): Answer {
  return xmlAnswer(
    200,
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
      `<Arn>${escapeXml(caller.arn)}</Arn><UserId>AROALOCAL:${escapeXml(caller.name)}</UserId>` +
      `<Account>${graph.account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
  );
}
