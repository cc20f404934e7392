import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Appointment } from "@appointments/core/appointment/appointment";
import { busNamed } from "@appointments/core/appointment/bus";
import type { Table } from "@appointments/core/appointment/table";
import { topicAt } from "@appointments/core/appointment/topic";
import type { WireOutcome } from "@appointments/core/appointment/wire";
import { clientConfig, link, type QueueName, queueNames } from "@appointments/core/aws/client";
import { type CountryCode, countries, databaseName, eraserName, lookupName } from "@appointments/core/country/country";
import { type EraseRequest, type Erasing, type Erasure, eraseRows, erasure } from "@appointments/core/country/erase";
import { type LookupRequest, type Rows, rowsBehind, rowsIn } from "@appointments/core/country/lookup";
import { type Database, openDatabase } from "@appointments/core/database/database";
import { AppError } from "@appointments/core/error";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridge } from "@aws-sdk/client-eventbridge";
import { Lambda } from "@aws-sdk/client-lambda";
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
  /** The function that answers for a database which cannot be reached from here; nothing where it can be. */
  lookupFunction: (country: CountryCode) => string | undefined;
  /** The function that erases there; nothing where the database can be reached from here. */
  eraseFunction: (country: CountryCode) => string | undefined;
}

/** How AWS clients reach the site; nothing where the environment says it. */
export interface Reach {
  endpoint?: string;
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** The longest wait for one answer of SQS in milliseconds: a receive waits itself. */
const patience = 15_000;
/** The longest wait for one answer of a `lookup` or an `erase` function, which has a minute at most, in milliseconds. */
const lookupPatience = 70_000;

/** @param name for people: `the local system`, `stage dev` */
export function openSite(name: string, at: Addresses, reach: Reach = {}) {
  const config = { ...clientConfig, ...reach };
  const sqs = new SQS({ ...config, requestHandler: { ...clientConfig.requestHandler, requestTimeout: patience } });
  const dynamo = new DynamoDBClient(config);
  const sns = new SNSClient(config);
  const events = new EventBridge(config);
  const lambda = new Lambda({
    ...config,
    requestHandler: { ...clientConfig.requestHandler, requestTimeout: lookupPatience },
  });
  const databases = new Map<CountryCode, Database>();
  function databaseOf(country: CountryCode): Database {
    const open = databases.get(country) ?? openDatabase(at.databaseUrl(country));
    databases.set(country, open);
    return open;
  }
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
    /** A country's rows, from its function or its database; connected when they are first asked for. */
    rows: (country: CountryCode): Rows => {
      const name = at.lookupFunction(country);
      if (name !== undefined) return rowsBehind((request) => invoke(lambda, name, request));
      return rowsIn(databaseOf(country), country);
    },
    /** Erases an insured from a country's rows, by its function or in its database. Safe to repeat. */
    eraseRows: async (country: CountryCode, erasing: Erasing): Promise<Erasure> => {
      const name = at.eraseFunction(country);
      if (name === undefined) return eraseRows(databaseOf(country), countries[country], erasing);
      return v.parse(erasure, await invoke(lambda, name, { ask: "erase", ...erasing }));
    },
    close: async (): Promise<void> => {
      for (const client of [sqs, dynamo, sns, events, lambda]) client.destroy();
      for (const database of databases.values()) await database.close();
    },
  };
}

const failure = jsonOf({ errorType: v.string() });

/** Throws `database_unavailable` when the function fails: its message may hold values of rows, so only the kind of error is said. */
async function invoke(lambda: Lambda, name: string, request: LookupRequest | EraseRequest): Promise<unknown> {
  const { Payload, FunctionError } = await lambda.invoke({ FunctionName: name, Payload: JSON.stringify(request) });
  const text = Payload?.transformToString() ?? "";
  if (FunctionError === undefined) return JSON.parse(text);
  const why = v.safeParse(failure, text);
  const kind = why.success ? ` with ${why.output.errorType}` : "";
  throw new AppError("database_unavailable", `${name} failed${kind}; its log says more`);
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
  if (stage !== undefined) {
    const lookupFunction = (code: CountryCode) =>
      isLinked(env, lookupName(code)) ? link.lookupFunction(code) : undefined;
    const eraseFunction = (code: CountryCode) =>
      isLinked(env, eraserName(code)) ? link.eraseFunction(code) : undefined;
    return openSite(`stage ${stage}`, { ...link, lookupFunction, eraseFunction });
  }
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

/** Whether the SST shell has a resource of this name: under `sst dev` some are not there. */
const isLinked = (env: Environment, name: string): boolean =>
  env[`SST_RESOURCE_${name}`] !== undefined || v.is(jsonOf({ [name]: v.looseObject({}) }), env.SST_RESOURCES_JSON);

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
      lookupFunction: () => undefined,
      eraseFunction: () => undefined,
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
