import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph } from "@appointments/graph/graph";
import { commandLine, isAlive } from "../process/process.ts";
import { type Addresses, databaseUrls, localise } from "./address.ts";
import { clientsOf, type RunIssuer } from "./issuer.ts";
import type { Run } from "./run.ts";

/** How other programs find a running system: `.local/system.json`, which exists only while the system is ready. */
export interface SystemState {
  /** The process that stops everything on SIGTERM. */
  pid: number;
  startedAt: string;
  stage: string;
  /** Base URL of each API, by component name. */
  apis: Record<string, string>;
  /** Whose tokens the APIs take (`iss`); absent when none asks for a token. */
  issuer?: string;
  /** Tokens that are good for a day, by the kinds in the app's configuration; none when the issuer is not ours. */
  tokens: Record<string, string>;
  /** Ids of the user pools' clients, by name. */
  clients: Record<string, string>;
  /** Whether the APIs ask nobody for a token. */
  open?: true;
  /** The endpoint for AWS calls (`AWS_ENDPOINT_URL`), and the credentials of an operator there. */
  gateway: { url: string; region: string; accessKeyId: string; secretAccessKey: string };
  /** mysql:// URL of each database that functions are linked to, by the name that the app's configuration gives it. */
  databases: Record<string, string>;
  /** Names and addresses of queues, tables, topics and buses, by component name. */
  queues: Record<string, { url: string; arn: string }>;
  tables: Record<string, { name: string }>;
  topics: Record<string, { arn: string }>;
  buses: Record<string, { name: string; arn: string }>;
  logFile: string;
  pids: { mysql: number[] };
}

/** The state of a run that is ready. */
export function stateOf(
  { options, graph, credentialsOf }: Run,
  started: {
    apis: SystemState["apis"];
    issuer: RunIssuer;
    gatewayUrl: string;
    /** With local addresses. */
    links: Graph["links"];
    addresses: Addresses;
    mysqlPids: number[];
  },
): SystemState {
  const { apis, issuer, gatewayUrl, links, addresses, mysqlPids } = started;
  return {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    stage: graph.stage,
    apis,
    ...(issuer.url !== undefined && { issuer: issuer.url }),
    tokens: issuer.tokens,
    clients: clientsOf(graph),
    ...(options.open && { open: true }),
    gateway: { url: gatewayUrl, region: graph.region, ...credentialsOf("operator") },
    databases: databaseUrls(graph, links, options.config?.databaseVariable),
    queues: Object.fromEntries(
      graph.queues.map(({ name, url, arn }) => [name, { url: localise(url, addresses), arn }]),
    ),
    tables: Object.fromEntries(graph.tables.map(({ name, tableName }) => [name, { name: tableName }])),
    topics: Object.fromEntries(graph.topics.map(({ name, arn }) => [name, { arn }])),
    buses: Object.fromEntries(graph.buses.map(({ name, busName, arn }) => [name, { name: busName, arn }])),
    logFile: join(options.dataDir, "log.jsonl"),
    pids: { mysql: mysqlPids },
  };
}

const fileOf = (dataDir: string) => join(dataDir, "system.json");

/** Written under another name first: a reader never sees half of it. It holds tokens, and passwords of local databases. */
export async function writeState(dataDir: string, state: SystemState): Promise<void> {
  const draft = `${fileOf(dataDir)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, fileOf(dataDir));
}

/** The running system, or nothing when none runs on this folder. */
export async function readState(dataDir: string): Promise<SystemState | undefined> {
  const text = await readFile(fileOf(dataDir), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const state: SystemState = JSON.parse(text);
  return isAlive(state.pid) && (await commandLine(state.pid)).includes("node") ? state : undefined;
}

export const removeState = (dataDir: string) => rm(fileOf(dataDir), { force: true });
