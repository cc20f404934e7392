import type { Graph } from "@appointments/graph/graph";
import type { Answer } from "../aws/answer.ts";
import { type AwsRequest, isObject, text } from "../aws/request.ts";
import { isGraphs, moveArns, type Naming } from "../endpoint/naming.ts";

/** Fields that hold the address of a resource. Message bodies hold ARNs too, which are nobody's business here. */
const addressFields = ["TopicArn", "TargetArn", "SubscriptionArn", "ResourceArn", "QueueUrl", "EventBusName"];

/** A request as the endpoint behind expects it: with the queue URLs and ARNs of its naming. */
export function toEndpoint(request: AwsRequest, graph: Graph, naming: Naming): AwsRequest {
  const move = (name: string, value: unknown) => {
    const address = text(value);
    if (address === undefined || !addressFields.includes(name)) return value;
    if (name === "QueueUrl") return naming.queueUrls.get(queueName(address, graph)) ?? address;
    return moveArns(address, graph, naming);
  };
  if (request.service !== "sqs" && isGraphs(naming, graph)) return request;
  const moveAll = (fields: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, move(name, value)]));
  const { Entries } = request.params;
  const params = {
    ...moveAll(request.params),
    ...(Array.isArray(Entries)
      ? { Entries: Entries.map((entry: unknown) => (isObject(entry) ? moveAll(entry) : entry)) }
      : {}),
  };
  const body =
    request.protocol === "json"
      ? JSON.stringify(params)
      : new URLSearchParams(params as Record<string, string>).toString(); // a form's fields are texts
  return { ...request, params, body: Buffer.from(body) };
}

/** An answer with the ARNs of the graph. What ReceiveMessage returns is left as it is: its checksums are over it. */
export function fromEndpoint(request: AwsRequest, answer: Answer, graph: Graph, naming: Naming): Answer {
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
