import type { Graph } from "@appointments/graph/graph";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** How a set of endpoints names what is the graph's: not all of them let the account be chosen. */
export interface Place {
  account: string;
  region: string;
  /** URL of each queue there, by the queue's name. */
  queueUrls: Map<string, string>;
}

/** Learns the place from the ARN that a queue got. */
export async function findPlace(client: SQSClient, graph: Graph, queueUrls: Map<string, string>): Promise<Place> {
  const [QueueUrl] = queueUrls.values();
  const { account, region } = graph;
  if (QueueUrl === undefined) return { account, region, queueUrls };
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  const [, , , theirRegion = region, theirAccount = account] = Attributes?.QueueArn?.split(":") ?? [];
  return { account: theirAccount, region: theirRegion, queueUrls };
}

/** Whether ARNs there are the graph's own. */
export function isGraphs(place: Place, graph: Pick<Graph, "account" | "region">): boolean {
  return place.account === graph.account && place.region === graph.region;
}

/** ARNs in a text, as they are called elsewhere. */
export function moveArns(
  text: string,
  from: Pick<Graph, "account" | "region">,
  to: Pick<Graph, "account" | "region">,
): string {
  const pattern = new RegExp(`arn:aws:(sqs|sns|events|dynamodb):${from.region}:${from.account}:`, "g");
  return text.replace(pattern, `arn:aws:$1:${to.region}:${to.account}:`);
}

/** The graph as it has to be made in a place: the same names, with the ARNs that they get there. */
export function inPlace(graph: Graph, place: Place): Graph {
  if (isGraphs(place, graph)) return graph;
  const move = <T>(value: T): T => {
    if (typeof value === "string")
      return (value === graph.account ? place.account : moveArns(value, graph, place)) as T;
    if (Array.isArray(value)) return value.map(move) as T;
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, move(item)])) as T;
  };
  const { queues, topics, subscriptions, buses, rules } = graph;
  return {
    ...graph,
    ...move({ queues, topics, subscriptions, buses, rules }),
    account: place.account,
    region: place.region,
  };
}
