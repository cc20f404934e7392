import { type DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { type EventBridgeClient, ListEventBusesCommand } from "@aws-sdk/client-eventbridge";
import { ListTopicsCommand, type SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, type SQSClient } from "@aws-sdk/client-sqs";

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
