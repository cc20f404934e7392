import type { Graph } from "@appointments/graph/graph";
import {
  type Answer,
  type AwsRequest,
  errorAnswer,
  escapeXml,
  objects,
  parseObject,
  text,
  xmlAnswer,
} from "../aws/request.ts";
import { signed } from "../aws/sign.ts";
import { type Endpoints, endpointOf } from "../endpoint/emulators.ts";
import { isGraphs, moveArns, type Naming } from "../endpoint/naming.ts";
import type { Caller } from "./caller.ts";
import { type EventsContext, serveEvents } from "./eventbridge/eventbridge.ts";
import { type Upstream, UpstreamError } from "./upstream.ts";

export interface ServiceContext extends EventsContext {
  endpoints: Endpoints;
  /** How the endpoints name what is the graph's; without it, as the graph does. */
  naming?: Naming;
  upstream: Upstream;
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
      case "events": {
        if (context.endpoints.eventsUrl !== undefined) {
          return await forward(request, context.endpoints.eventsUrl, context, hungUp);
        }
        const answer = await serveEvents(request, context);
        if (answer) return answer;
        break;
      }
      case "sts":
        if (request.action === "GetCallerIdentity") return callerIdentity(caller, context.graph);
    }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (!hungUp.aborted) context.log("error", `${request.service} ${request.action}: ${error.message}`);
    const message = `Not reachable: ${error.message}`;
    return errorAnswer(request, { status: 503, code: "ServiceUnavailable", message });
  }
  return unknownOperation(request);
}

export function unknownOperation(request: AwsRequest): Answer {
  const message =
    `The local system does not know ${request.action} of service ${request.service}. It serves DynamoDB, SQS, SNS, of ` +
    "EventBridge PutEvents, TestEventPattern, ListRuleNamesByTarget, and what reads archives and replays them, and " +
    "GetCallerIdentity of STS.";
  return errorAnswer(request, { status: 400, code: "UnknownOperationException", message });
}

/** Asks the service behind, as the owner of its endpoint: it knows nothing of functions and their roles. */
async function forward(asked: AwsRequest, url: string, context: ServiceContext, hungUp: AbortSignal): Promise<Answer> {
  const { graph, naming, upstream } = context;
  const request = naming ? toEndpoint(asked, graph, naming) : asked;
  const { service, body } = request;
  const endpoint = endpointOf(url, graph.account);
  const headers: Record<string, string> = {};
  for (const name of ["content-type", "x-amz-target", "x-amzn-query-mode"]) {
    const value = request.headers[name];
    if (typeof value === "string") headers[name] = value;
  }
  const sent = await signed({ service, region: graph.region, headers, body }, endpoint);
  const answer = await upstream.send(endpoint.url, sent, body, hungUp);
  const kept = Object.entries(answer.headers).filter(([name]) => name === "content-type" || name.startsWith("x-amz"));
  const result = { ...answer, headers: Object.fromEntries(kept) };
  return naming ? fromEndpoint(request, result, graph, naming) : result;
}

async function serveSqs(request: AwsRequest, context: ServiceContext, hungUp: AbortSignal): Promise<Answer> {
  const answer = await forward(request, context.endpoints.sqsSnsUrl, context, hungUp);
  if (!["CreateQueue", "GetQueueUrl", "ListQueues", "ListDeadLetterSourceQueues"].includes(request.action))
    return answer;
  const result = parseObject(answer.body);
  if (result === undefined || answer.status !== 200) return answer;
  // A queue is to be called where this call came in, not at AWS.
  const here = (value: unknown) => text(value)?.replace(/^https?:\/\/[^/]+/, `http://${request.headers.host}`);
  for (const name of ["QueueUrl", "QueueUrls", "queueUrls"]) {
    const value = result[name];
    if (value !== undefined) result[name] = Array.isArray(value) ? value.map(here) : here(value);
  }
  return { ...answer, body: JSON.stringify(result) };
}

function callerIdentity(caller: Caller, graph: Graph): Answer {
  return xmlAnswer(
    200,
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
      `<Arn>${escapeXml(caller.arn)}</Arn><UserId>AROALOCAL:${escapeXml(caller.name)}</UserId>` +
      `<Account>${graph.account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
  );
}

/** Fields that hold the address of a resource. Message bodies hold ARNs too, which are nobody's business here. */
const addressFields = ["TopicArn", "TargetArn", "SubscriptionArn", "ResourceArn", "QueueUrl", "EventBusName"];

/** A request as the endpoint behind expects it: with the queue URLs and ARNs of its naming. */
function toEndpoint(request: AwsRequest, graph: Graph, naming: Naming): AwsRequest {
  const move = (name: string, value: unknown) => {
    const address = text(value);
    if (address === undefined || !addressFields.includes(name)) return value;
    if (name === "QueueUrl") return naming.queueUrls.get(queueName(address, graph)) ?? address;
    return moveArns(address, graph, naming);
  };
  if (request.service !== "sqs" && isGraphs(naming, graph)) return request;
  const moveAll = (fields: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, move(name, value)]));
  const params = moveAll(request.params);
  if (Array.isArray(params.Entries)) params.Entries = objects(params.Entries).map(moveAll);
  const form = () => new URLSearchParams(params as Record<string, string>).toString(); // a form's fields are texts
  return { ...request, params, body: Buffer.from(request.protocol === "json" ? JSON.stringify(params) : form()) };
}

/** An answer with the ARNs of the graph. What ReceiveMessage returns is left as it is: its checksums are over it. */
function fromEndpoint(request: AwsRequest, answer: Answer, graph: Graph, naming: Naming): Answer {
  if (isGraphs(naming, graph) || request.action === "ReceiveMessage") return answer;
  const body = moveArns(answer.body.toString(), naming, graph);
  // The account is in the URL of a queue as well.
  const urls = request.service === "sqs" ? body.replaceAll(`/${naming.account}/`, `/${graph.account}/`) : body;
  return { ...answer, body: urls };
}

/** The name in the URL of a queue of the graph's account; none for a queue of another. */
function queueName(url: string, { account }: Graph): string {
  const [name = "", owner] = url.split("/").reverse();
  return owner === account ? name : "";
}
