import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Appointment } from "@appointments/core/appointment/appointment";
import { busNamed } from "@appointments/core/appointment/bus";
import type { Table } from "@appointments/core/appointment/table";
import { topicAt } from "@appointments/core/appointment/topic";
import type { WireOutcome } from "@appointments/core/appointment/wire";
import { clientConfig, link, type QueueName, queueNames } from "@appointments/core/aws/client";
import { type CountryCode, databaseName } from "@appointments/core/country/country";
import { type Database, openDatabase } from "@appointments/core/database/database";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridge } from "@aws-sdk/client-eventbridge";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { jsonOf, OpsError, UsageError } from "./options.ts";

/** A queue with its dead-letter queue. */
export interface QueuePair {
  name: QueueName;
  url: string;
  deadLetterUrl: string;
}

/** What the commands work on: the local system or a stage, the same to them. */
export type Site = ReturnType<typeof openSite>;

/** Names and addresses of a site's resources. Read when needed: an operator may lack some. */
export interface Addresses {
  queueUrl: (queue: QueueName) => string;
  deadLetterUrl: (queue: QueueName) => string;
  tableName: () => string;
  topicArn: () => string;
  busName: () => string;
  busArn: () => string;
  databaseUrl: (country: CountryCode) => string;
}

/** How AWS clients reach the site; nothing where the environment says it. */
export interface Reach {
  endpoint?: string;
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** The longest wait for one answer of SQS in milliseconds: a receive waits itself. */
const patience = 15_000;

/** @param name for people: `the local system`, `stage dev` */
export function openSite(name: string, at: Addresses, reach: Reach = {}) {
  const config = { ...clientConfig, ...reach };
  const sqs = new SQS({ ...config, requestHandler: { ...clientConfig.requestHandler, requestTimeout: patience } });
  const dynamo = new DynamoDBClient(config);
  const sns = new SNSClient(config);
  const events = new EventBridge(config);
  const databases = new Map<CountryCode, Database>();
  return {
    name,
    sqs,
    queues: queueNames.map((queue): QueuePair => {
      return { name: queue, url: at.queueUrl(queue), deadLetterUrl: at.deadLetterUrl(queue) };
    }),
    table: { client: DynamoDBDocumentClient.from(dynamo), name: at.tableName() } satisfies Table,
    publishRequested: (appointment: Appointment, traceparent: string): Promise<void> =>
      topicAt(sns, at.topicArn()).publish(appointment, traceparent),
    publishOutcomes: (outcomes: WireOutcome[]) => busNamed(events, at.busName()).publish(outcomes),
    events,
    busArn: at.busArn,
    /** A country's database; connected when it is first used. */
    database: (country: CountryCode): Database => {
      const open = databases.get(country) ?? openDatabase(at.databaseUrl(country));
      databases.set(country, open);
      return open;
    },
    close: async (): Promise<void> => {
      for (const client of [sqs, dynamo, sns, events]) client.destroy();
      for (const database of databases.values()) await database.close();
    },
  };
}

/** The queue that an operator names, by its own name or its dead-letter queue's. */
export function queueOf(site: Site, name: string | undefined): QueuePair {
  const found = site.queues.find((queue) => queue.name === name || `${queue.name}_DLQ` === name);
  if (!found) throw new UsageError(`Name a queue: ${site.queues.map((queue) => queue.name).join(", ")}`);
  return found;
}

type Environment = Record<string, string | undefined>;

/**
 * The stage of the SST shell that this runs in, else the local system. The shell comes first: who typed a stage means
 * it. Throws `OpsError` when there is neither.
 */
export async function chooseSite(dataDir: string, env: Environment): Promise<Site> {
  const stage = stageOf(env);
  if (stage !== undefined) return openSite(`stage ${stage}`, link);
  const local = await localAddresses(dataDir);
  if (local) return openSite("the local system", local.at, local.reach);
  throw new OpsError(
    `No local system runs on ${dataDir}. Run npm start first, or for a stage: npx sst shell --stage NAME -- npm run ops -- …`,
  );
}

/**
 * The stage that `sst shell` names: in a variable of its own, on Windows in one with all resources.
 *
 * A shell that cannot be read must not be taken for none: the command would then work on the wrong system.
 */
export function stageOf(env: Environment): string | undefined {
  const { SST_RESOURCE_App: one, SST_RESOURCES_JSON: all } = env;
  if (one === undefined && all === undefined) return undefined;
  const app = { stage: v.string() };
  const shared = v.pipe(
    jsonOf({ App: v.object(app) }),
    v.transform(({ App }) => App),
  );
  const stage = one === undefined ? v.safeParse(shared, all) : v.safeParse(jsonOf(app), one);
  if (!stage.success)
    throw new OpsError("The SST shell does not name its stage; run inside npx sst shell --stage NAME");
  return stage.output.stage;
}

/** What we need of `system.json`, which the local system writes when it is ready. */
const schema = jsonOf({
  pid: v.number(),
  gateway: v.object({ url: v.string(), region: v.string(), accessKeyId: v.string(), secretAccessKey: v.string() }),
  databases: v.record(v.string(), v.string()),
  queues: v.record(v.string(), v.object({ url: v.string() })),
  tables: v.record(v.string(), v.object({ name: v.string() })),
  topics: v.record(v.string(), v.object({ arn: v.string() })),
  buses: v.record(v.string(), v.object({ name: v.string(), arn: v.string() })),
});

/** The addresses of the local system that runs on a folder, or nothing when none does. Throws `OpsError`. */
export async function localAddresses(dataDir: string): Promise<{ at: Addresses; reach: Reach } | undefined> {
  const file = join(dataDir, "system.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const read = v.safeParse(schema, text);
  if (!read.success) throw new OpsError(`${file} is of another version; start the local system again`);
  const { pid, gateway, databases, queues, tables, topics, buses } = read.output;
  if (!isAlive(pid)) return undefined;
  const { url: endpoint, region, accessKeyId, secretAccessKey } = gateway;
  const queueUrl = (name: string) => there(queues[name], name).url;
  return {
    at: {
      queueUrl,
      deadLetterUrl: (name) => queueUrl(`${name}_DLQ`),
      tableName: () => there(tables.Appointments, "Appointments").name,
      topicArn: () => there(topics.Requested, "Requested").arn,
      busName: () => there(buses.Bus, "Bus").name,
      busArn: () => there(buses.Bus, "Bus").arn,
      databaseUrl: (country: CountryCode) => there(databases[country], databaseName(country)),
    },
    reach: { endpoint, region, credentials: { accessKeyId, secretAccessKey } },
  };
}

function there<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new OpsError(`The local system has no ${name}; start it again`);
  return value;
}

/** A killed system leaves its file behind. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
