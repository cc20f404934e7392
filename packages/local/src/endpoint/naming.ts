import type { Graph } from "@appointments/graph/graph";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** How a set of endpoints names what is the graph's: not all of them let the account be chosen. */
export interface Naming {
  account: string;
  region: string;
  /** URL of each queue there, by the queue's name. */
  queueUrls: Map<string, string>;
}

type Place = Pick<Graph, "account" | "region">;

/** Learns the naming from the ARN that a queue got. */
export async function findNaming(client: SQSClient, graph: Graph, queueUrls: Map<string, string>): Promise<Naming> {
  const [QueueUrl] = queueUrls.values();
  const { account, region } = graph;
  if (QueueUrl === undefined) return { account, region, queueUrls };
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  const [, , , theirRegion = region, theirAccount = account] = Attributes?.QueueArn?.split(":") ?? [];
  return { account: theirAccount, region: theirRegion, queueUrls };
}

/** Whether ARNs there are the graph's own. */
export function isGraphs(naming: Naming, graph: Place): boolean {
  return naming.account === graph.account && naming.region === graph.region;
}

/** ARNs in a text, as they are called elsewhere. */
export function moveArns(text: string, from: Place, to: Place): string {
  const pattern = new RegExp(`arn:aws:(sqs|sns|events|dynamodb):${from.region}:${from.account}:`, "g");
  return text.replace(pattern, `arn:aws:$1:${to.region}:${to.account}:`);
}

/** The graph as it has to be made under a naming: the same names, with the ARNs that they get there. */
export function named(graph: Graph, naming: Naming): Graph {
  if (isGraphs(naming, graph)) return graph;
  const move = <T>(value: T): T => {
    if (typeof value === "string")
      return (value === graph.account ? naming.account : moveArns(value, graph, naming)) as T;
    if (Array.isArray(value)) return value.map(move) as T;
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, move(item)])) as T;
  };
  const { queues, topics, subscriptions, buses, rules } = graph;
  const { account, region } = naming;
  return { ...graph, ...move({ queues, topics, subscriptions, buses, rules }), account, region };
}
