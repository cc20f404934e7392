import type { Appointment } from "@appointments/core/appointment/appointment";
import { busNamed } from "@appointments/core/appointment/bus";
import type { Table } from "@appointments/core/appointment/table";
import { topicAt } from "@appointments/core/appointment/topic";
import type { WireOutcome } from "@appointments/core/appointment/wire";
import { clientConfig } from "@appointments/core/aws/client";
import { type QueueName, queueNames } from "@appointments/core/aws/link";
import type { CountryCode } from "@appointments/core/country/country";
import { type Database, openDatabase } from "@appointments/core/database/database";
import type { AppError } from "@appointments/core/error";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { UsageError } from "../usage.ts";

/** A queue with its dead-letter queue. */
export interface QueuePair {
  name: QueueName;
  url: string;
  deadLetterUrl: string;
}

/** What the commands work on: the local system or a stage, the same to them. */
export interface Place {
  /** For people: `the local system`, `stage dev`. */
  name: string;
  sqs: SQSClient;
  queues: QueuePair[];
  table: Table;
  publishRequested: (appointment: Appointment, traceparent: string) => Promise<void>;
  publishOutcomes: (events: WireOutcome[]) => Promise<Map<string, AppError>>;
  events: EventBridgeClient;
  busArn: () => string;
  /** A country's database; connected when it is first used. */
  database: (country: CountryCode) => Database;
  close: () => Promise<void>;
}

/** Names and addresses of a place's resources. Read when needed: an operator may lack some. */
export interface Addresses {
  queueUrl: (queue: QueueName) => string;
  deadLetterUrl: (queue: QueueName) => string;
  tableName: () => string;
  topicArn: () => string;
  busName: () => string;
  busArn: () => string;
  databaseUrl: (country: CountryCode) => string;
}

/** How AWS clients reach the place; nothing where the environment says it. */
export interface Reach {
  endpoint?: string;
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** The longest wait for one answer of SQS in milliseconds: a receive waits itself. */
const patience = 15_000;

export function openPlace(name: string, at: Addresses, reach: Reach = {}): Place {
  const config = { ...clientConfig, ...reach };
  const sqs = new SQSClient({
    ...config,
    requestHandler: { ...clientConfig.requestHandler, requestTimeout: patience },
  });
  const dynamo = new DynamoDBClient(config);
  const sns = new SNSClient(config);
  const events = new EventBridgeClient(config);
  const databases = new Map<CountryCode, Database>();
  return {
    name,
    sqs,
    queues: queueNames.map((queue) => ({
      name: queue,
      url: at.queueUrl(queue),
      deadLetterUrl: at.deadLetterUrl(queue),
    })),
    table: { client: DynamoDBDocumentClient.from(dynamo), name: at.tableName() },
    publishRequested: (appointment, traceparent) => topicAt(sns, at.topicArn()).publish(appointment, traceparent),
    publishOutcomes: (told) => busNamed(events, at.busName()).publish(told),
    events,
    busArn: at.busArn,
    database: (country) => {
      const open = databases.get(country) ?? openDatabase(at.databaseUrl(country));
      databases.set(country, open);
      return open;
    },
    close: async () => {
      for (const client of [sqs, dynamo, sns, events]) client.destroy();
      for (const database of databases.values()) await database.close();
    },
  };
}

/** The queue that an operator names, by its own name or its dead-letter queue's. */
export function queueOf(place: Place, name: string | undefined): QueuePair {
  const found = place.queues.find((queue) => queue.name === name || `${queue.name}_DLQ` === name);
  if (!found) throw new UsageError(`Name a queue: ${place.queues.map((queue) => queue.name).join(", ")}`);
  return found;
}
