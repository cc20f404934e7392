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
  events?: EventBridgeClient;
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
    return await putResources(graph, { sqs, sns, dynamo, ...(events ? { events } : {}) }, { log, shared });
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
  {
    log,
    shared,
    enforced = false,
  }: { log: ServiceLog; shared: { messaging: boolean; tables: boolean }; enforced?: boolean },
): Promise<Naming> {
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
export async function probe(url: string, clients: ProbeClients): Promise<void> {
  const { sqs, sns, events, dynamo } = clients;
  const abortSignal = AbortSignal.timeout(10_000);
  const asked: [service: string, action: string, call: (() => Promise<unknown>) | undefined][] = [
    ["SQS", "ListQueues", sqs && (() => sqs.send(new ListQueuesCommand({}), { abortSignal }))],
    ["SNS", "ListTopics", sns && (() => sns.send(new ListTopicsCommand({}), { abortSignal }))],
    ["EventBridge", "ListEventBuses", events && (() => events.send(new ListEventBusesCommand({}), { abortSignal }))],
    ["DynamoDB", "ListTables", dynamo && (() => dynamo.send(new ListTablesCommand({}), { abortSignal }))],
  ];
  for (const [service, action, call] of asked) {
    await call?.().catch((error: unknown) => {
      throw new Error(explain(url, service, action, error), { cause: error });
    });
  }
}

export interface ProbeClients {
  sqs?: SQSClient;
  sns?: SNSClient;
  events?: EventBridgeClient;
  dynamo?: DynamoDBClient;
}

function explain(url: string, service: string, action: string, error: unknown): string {
  const { name = "", message = "", code } = error as { name?: string; message?: string; code?: string };
  const status = statusOf(error);
  if (status === undefined) {
    const why = code ?? (name === "AbortError" || name === "TimeoutError" ? "no answer within 10 s" : message || name);
    return `The endpoint ${url} does not answer when asked for ${service} (${why}): start it, or give another URL.`;
  }
  return `The endpoint ${url} does not serve ${service}: ${action} was answered with ${status} ${name}: ${message}`;
}

/** The status of an answer; undefined when there was none. An answer that is not AWS's is an error without metadata. */
function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
  };
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}
