import type { Graph } from "@appointments/graph/graph";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Log } from "../gateway/log.ts";
import type { Endpoints } from "./emulators.ts";
import { endpointOf } from "./given.ts";
import { findPlace, inPlace, type Place } from "./place.ts";
import { probe } from "./probe.ts";
import { createQueues, putQueues } from "./queue.ts";
import { checkRules } from "./rule.check.ts";
import { putRules } from "./rule.ts";
import { putTables } from "./table.ts";
import { putTopics } from "./topic.ts";

/**
 * Makes the graph's tables, queues, topics, subscriptions, buses and rules at the given endpoints, or brings what is
 * there up to date. What has left the graph is removed, except tables and queues: they hold data. Idempotent.
 *
 * @returns how the endpoints name what was made
 * @throws when an endpoint does not answer or lacks a service; nothing was made then
 */
export async function createResources(graph: Graph, endpoints: Endpoints, log: Log): Promise<Place> {
  const at = (url: string) => {
    const { url: endpoint, credentials } = endpointOf(url, graph.account);
    return { endpoint, credentials, region: graph.region, maxAttempts: 3 };
  };
  const { sqsSnsUrl, dynamoUrl, eventsUrl, shared } = endpoints;
  const dynamo = new DynamoDBClient(at(dynamoUrl));
  const sqs = new SQSClient(at(sqsSnsUrl));
  const sns = new SNSClient(at(sqsSnsUrl));
  const events = eventsUrl === undefined ? undefined : new EventBridgeClient(at(eventsUrl));
  /** Whose resources are ours to judge: on a shared endpoint those that bear the stage's names. */
  const ours = (isShared = false) =>
    isShared ? (name: string) => name.startsWith(`${graph.app}-${graph.stage}-`) : () => true;
  try {
    if (shared?.messaging && events) await probe(endpointOf(sqsSnsUrl, "").url, { sqs, sns, events });
    if (shared?.tables) await probe(endpointOf(dynamoUrl, "").url, { dynamo });
    const putMessaging = async () => {
      const queueUrls = await createQueues(sqs, graph.queues);
      const place = await findPlace(sqs, graph, queueUrls);
      const there = inPlace(graph, place);
      await putQueues(sqs, there.queues, queueUrls, { log, ours: ours(shared?.messaging) });
      await putTopics(sns, there, { log, ours: ours(shared?.messaging) });
      if (events) await putRules(events, there, log);
      else checkRules(there, log);
      return place;
    };
    const [place] = await Promise.all([
      putMessaging(),
      putTables(dynamo, graph.tables, { log, ours: ours(shared?.tables), expiry: shared?.tables ?? false }),
    ]);
    return place;
  } finally {
    for (const client of [dynamo, sqs, sns, events]) client?.destroy();
  }
}
