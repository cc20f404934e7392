import type { Graph, PolicyStatement } from "@appointments/graph/graph";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, ListEventBusesCommand } from "@aws-sdk/client-eventbridge";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { ServiceLog } from "../../aws/service.ts";
import { type Endpoints, endpointOf } from "../emulators.ts";
import { findNaming, type Naming, named } from "../naming.ts";
import { forgetQueues, forgetTables } from "./forget.ts";
import { createQueues, putQueues } from "./queue.ts";
import { checkRules, putRules } from "./rule.ts";
import { putTables } from "./table.ts";
import { putTopics } from "./topic.ts";

/** Clients with all rights. Without one for EventBridge, the gateway carries out the rules. */
export interface Clients {
  sqs: SQSClient;
  sns: SNSClient;
  dynamo: DynamoDBClient;
  events?: EventBridgeClient | undefined;
}

/**
 * Makes the graph's tables, queues, topics, subscriptions, buses and rules at the given endpoints, or brings what is
 * there up to date. What has left the graph is removed, except tables and queues: they hold data. Idempotent.
 *
 * @param options.fresh remove what the graph's tables and queues hold on shared endpoints from an earlier start
 * @returns how the endpoints name what was made
 * @throws when an endpoint does not answer or lacks a service; nothing was made then
 */
export async function createResources(
  graph: Graph,
  endpoints: Endpoints,
  log: ServiceLog,
  { fresh = false }: { fresh?: boolean } = {},
): Promise<Naming> {
  const { sqsSnsUrl, dynamoUrl, eventsUrl, shared = { messaging: false, tables: false } } = endpoints;
  const at = (url: string) => {
    const { url: endpoint, credentials } = endpointOf(url, graph.account);
    return { endpoint, credentials, region: graph.region, maxAttempts: 3 };
  };
  const sqs = new SQSClient(at(sqsSnsUrl));
  const sns = new SNSClient(at(sqsSnsUrl));
  const dynamo = new DynamoDBClient(at(dynamoUrl));
  const events = eventsUrl === undefined ? undefined : new EventBridgeClient(at(eventsUrl));
  try {
    if (events) await probe(endpointOf(sqsSnsUrl, "").url, { sqs, sns, events });
    if (shared.tables) await probe(endpointOf(dynamoUrl, "").url, { dynamo });
    if (fresh && shared.messaging) await forgetQueues(sqs, graph);
    if (fresh && shared.tables) await forgetTables(dynamo, graph);
    return await putResources(graph, { sqs, sns, dynamo, events }, { log, shared });
  } finally {
    for (const client of [dynamo, sqs, sns, events]) client?.destroy();
  }
}

/**
 * As `createResources`, with clients of one's own, and so at AWS itself.
 *
 * @param options.enforced queue policies are enforced there, so that nothing has to be left out here on their account
 */
export async function putResources(
  graph: Graph,
  { sqs, sns, dynamo, events }: Clients,
  options: { log: ServiceLog; shared: { messaging: boolean; tables: boolean }; enforced?: boolean },
): Promise<Naming> {
  const { log, shared, enforced = false } = options;
  /** Whose resources are ours to judge: where others have theirs too, those that bear the stage's names. */
  const ours = (isShared: boolean) => (name: string) => !isShared || name.startsWith(`${graph.app}-${graph.stage}-`);
  const putMessaging = async () => {
    const queueUrls = await createQueues(sqs, graph.queues);
    const naming = await findNaming(sqs, graph, queueUrls);
    const there = named(graph, naming);
    await putQueues(sqs, there.queues, queueUrls, { log, ours: ours(shared.messaging) });
    const seen = enforced ? withOpenQueues(there) : there;
    await putTopics(sns, seen, { log, ours: ours(shared.messaging) });
    if (events) {
      await putRules(events, seen, log);
      for (const { name } of graph.archives)
        log("warn", `archive ${name} is not made there: nothing is kept for replay`);
    } else checkRules(there, log);
    return naming;
  };
  const [naming] = await Promise.all([
    putMessaging(),
    putTables(dynamo, graph.tables, { log, ours: ours(shared.tables), expiry: shared.tables }),
  ]);
  return naming;
}

function withOpenQueues(graph: Graph): Graph {
  const open: PolicyStatement = {
    effect: "Allow",
    actions: ["sqs:SendMessage"],
    resources: ["*"],
    principals: [{ type: "*", identifiers: ["*"] }],
  };
  return { ...graph, queues: graph.queues.map((queue) => ({ ...queue, policy: [open] })) };
}

/**
 * Asks an endpoint that was named by the user for each service that will be needed of it, before anything is made there.
 *
 * @throws an error that names the endpoint and the service: it does not answer, or it lacks the service
 */
async function probe(url: string, { sqs, sns, events, dynamo }: Partial<Clients>): Promise<void> {
  const options = { abortSignal: AbortSignal.timeout(10_000) };
  const calls = {
    "SQS ListQueues": () => sqs?.send(new ListQueuesCommand({}), options),
    "SNS ListTopics": () => sns?.send(new ListTopicsCommand({}), options),
    "EventBridge ListEventBuses": () => events?.send(new ListEventBusesCommand({}), options),
    "DynamoDB ListTables": () => dynamo?.send(new ListTablesCommand({}), options),
  };
  for (const [name, call] of Object.entries(calls)) {
    const [service = "", action = ""] = name.split(" ");
    await call()?.catch((error: unknown) => {
      throw new Error(explain(url, service, action, error), { cause: error });
    });
  }
}

/** An answer that is not AWS's is an error without metadata; without any answer there is no status. */
function explain(url: string, service: string, action: string, error: unknown): string {
  const { name = "", message = "", code, $metadata, $response } = error as Partial<Failure>;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (status === undefined) {
    const why = code ?? (name === "AbortError" || name === "TimeoutError" ? "no answer within 10 s" : message || name);
    return `The endpoint ${url} does not answer when asked for ${service} (${why}): start it, or give another URL.`;
  }
  return `The endpoint ${url} does not serve ${service}: ${action} was answered with ${status} ${name}: ${message}`;
}

interface Failure extends Error {
  code: string;
  $metadata: { httpStatusCode?: number };
  $response: { statusCode?: number };
}
