import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { evaluate } from "@appointments/graph/evaluate";
import type { Graph, GraphFunction } from "@appointments/graph/graph";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type Emulators, startEmulators } from "../endpoint/emulators.ts";
import { describeGiven, type GivenEndpoints } from "../endpoint/given.ts";
import type { Naming } from "../endpoint/naming.ts";
import { createResources } from "../endpoint/resources/resources.ts";
import { operatorCredentials } from "../gateway/caller.ts";
import { type Gateway, startGateway } from "../gateway/gateway.ts";
import { createMeter } from "../gateway/meter.ts";
import { type Api, startApi } from "../http/api.ts";
import { createFunction, type LocalFunction } from "../lambda/function.ts";
import type { Invoke } from "../lambda/invoke.ts";
import { linksOf } from "../lambda/links.ts";
import { watchFunctions } from "../lambda/watch.ts";
import { type Mysql, startMysql } from "../mysql/mysql.ts";
import { type Mapping, startMapping } from "../source/queue.ts";
import { type Schedule, startSchedule } from "../source/schedule.ts";
import { type Addresses, localise } from "./address.ts";
import { databaseUrls } from "./databases.ts";
import type { SystemLog } from "./log.ts";
import { functionLog, gatewayLog, requestLog } from "./log.ts";
import { noProgress, type Progress } from "./progress.ts";
import { removeState, type SystemState, writeState } from "./state.ts";

export interface SystemOptions {
  /** The repository: where sst.config.ts stands. */
  root: string;
  /** Keeps everything between starts; must belong to one running system at a time. */
  dataDir: string;
  /** Letters, digits and hyphens. Default `local`. */
  stage?: string;
  /** Variables that sst.config.ts sees over all others, e.g. `DATABASE_URL_PE`. */
  env?: Record<string, string | undefined>;
  /** Port of the first API; the next ones follow. 0 for free ones. */
  port: number;
  /** Port of the endpoint for AWS calls; 0 for a free one. */
  gatewayPort: number;
  /** AWS-compatible endpoints to stand behind the gateway; what is not named is embedded. */
  aws?: GivenEndpoints;
  /** Begin with empty tables and queues there too; what is embedded is begun anew by an empty `dataDir`. */
  fresh?: boolean;
  /** Modules that stand in for others in all bundles, by absolute path. Read at each build: a changed map counts at the next `reload`. */
  replacements?: ReadonlyMap<string, string>;
  /** Milliseconds by which functions' clocks differ from this machine's, by function. */
  clockOffsetsMs?: Readonly<Record<string, number>>;
  /** Build functions again when their sources change. */
  watch?: boolean;
  /** Start functions with Node's inspector, one environment each, and let nothing time out. */
  inspect?: boolean;
  log: SystemLog;
  progress?: Progress;
  /** Something ended that the system cannot live without. The system is then to be stopped. */
  onFailure?: (message: string) => void;
}

export interface System {
  graph: Graph;
  state: SystemState;
  gateway: Gateway;
  emulators: Emulators;
  functions: Map<string, LocalFunction>;
  /** Ends everything, the API first; nothing that was accepted is lost. */
  stop(): Promise<void>;
}

/**
 * Starts the whole system from the graph of sst.config.ts, and from nothing else.
 *
 * @throws when a port is taken, no MySQL can be had, sst.config.ts does not evaluate, or a migration fails; what was
 * started until then is stopped
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { root, dataDir, stage = "local", env = {}, log, progress = noProgress, onFailure = () => {} } = options;
  await mkdir(dataDir, { recursive: true });
  const cleanups: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) {
      await cleanup().catch((error: unknown) =>
        log({
          level: "error",
          source: "system",
          message: `while stopping: ${error instanceof Error ? error.message : error}`,
        }),
      );
    }
  };

  try {
    const graph = await progress.step("graph", async (say) => {
      const value = await evaluate({ root, stage, dev: false, env, onProgress: say });
      return { value, detail: `${value.resources.length} resources in sst.config.ts, stage ${stage}` };
    });

    const meter = createMeter();
    const startDatabases = progress.step("mysql", async (say) => {
      const value = await startMysql({
        dataDir: join(dataDir, "mysql"),
        databases: graph.databases,
        onProgress: say,
        onExit: onFailure,
      });
      cleanups.push(value.stop);
      return { value, detail: describeMysql(value) };
    });
    const startServices = progress.step("aws", async () => {
      const emulators = await startEmulators({
        account: graph.account,
        region: graph.region,
        dataDir: join(dataDir, "aws"),
        onDelivery: meter.recordDelivery,
        given: options.aws ?? {},
      });
      cleanups.push(emulators.stop);
      const naming = await createResources(graph, emulators, gatewayLog(log, "aws"), { fresh: options.fresh ?? false });
      const value = { emulators, gateway: await openGateway(emulators, naming) };
      const { tables, queues, topics, buses } = graph;
      const made = count({ table: tables, queue: queues, topic: topics, bus: buses });
      return { value, detail: [made, ...describeGiven(options.aws)].join(", ") };
    });
    const [mysql, { emulators, gateway }] = await settled([startDatabases, startServices]);

    async function openGateway(emulators: Emulators, naming: Naming) {
      const gateway = await startGateway({
        graph,
        endpoints: emulators,
        naming,
        credentials: new Map(graph.functions.map(({ name }) => [accessKeyOf(name), name])),
        log: gatewayLog(log, "gateway"),
        port: options.gatewayPort,
        meter,
        archiveFolder: join(dataDir, "aws", "archive"),
        kill: (name) => {
          for (const { pid } of functions.get(name)?.environments() ?? []) process.kill(pid, "SIGKILL");
        },
      });
      cleanups.push(gateway.stop);
      return gateway;
    }

    const addresses: Addresses = new Map([
      [`https://sqs.${graph.region}.amazonaws.com`, gateway.url],
      ...mysql.addresses,
    ]);
    const links = localise(graph.links, addresses);

    const functions = new Map<string, LocalFunction>();
    await progress.step("functions", async () => {
      await Promise.all(
        graph.functions.map(async (fn) => {
          const created = await createFunction({
            fn,
            env: awsVariables(graph, fn, gateway.url),
            links: linksOf(fn, links),
            root,
            outDir: join(dataDir, "functions"),
            log: functionLog(log),
            inspect: options.inspect ?? false,
            ...(options.replacements && { replacements: options.replacements }),
            clockOffsetMs: options.clockOffsetsMs?.[fn.name] ?? 0,
          });
          cleanups.push(() => created.stop());
          functions.set(fn.name, created);
        }),
      );
      const bytes = [...functions.values()].reduce((sum, fn) => sum + (fn.bundle()?.bytes ?? 0), 0);
      return { value: undefined, detail: `${functions.size} bundled as for Lambda, ${Math.round(bytes / 1024)} KB` };
    });
    if (options.watch) {
      const watcher = watchFunctions([...functions.values()], root, functionLog(log));
      cleanups.push(() => watcher.stop());
      await watcher.ready;
    }
    const byArn = new Map([...functions.values()].map((fn) => [fn.arn, fn]));
    const invokeArn = (arn: string): Invoke => {
      const fn = byArn.get(arn);
      if (fn === undefined) throw new Error(`No function ${arn} in the graph.`);
      return fn.invoke;
    };

    if (graph.invocations.length > 0) {
      await progress.step("migrations", async () => {
        await settled(
          graph.invocations.map(async ({ name, functionArn, input }) => {
            const result = await invokeArn(functionArn)(input);
            if (!result.ok) throw new Error(`${name} failed: ${result.errorType}: ${result.errorMessage}`);
          }),
        );
        return {
          value: undefined,
          detail: graph.invocations.map(({ functionArn }) => byArn.get(functionArn)?.name).join(", "),
        };
      });
    }

    await progress.step("sources", async () => {
      for (const mapping of graph.mappings) {
        const fn = find(graph.functions, ({ arn }) => arn === mapping.functionArn, mapping.functionArn);
        const queue = find(graph.queues, ({ arn }) => arn === mapping.queueArn, mapping.queueArn);
        const client = new SQSClient({
          endpoint: gateway.url,
          region: graph.region,
          credentials: { accessKeyId: accessKeyOf(fn.name), secretAccessKey: "local" },
        });
        const started: Mapping = startMapping({
          mapping,
          queue: { ...queue, url: localise(queue.url, addresses) },
          timeoutSeconds: fn.timeoutSeconds,
          invoke: invokeArn(mapping.functionArn),
          client,
          allows: (action, resource) => gateway.allows(fn.name, action, resource),
          log: gatewayLog(log, fn.name),
        });
        cleanups.push(async () => {
          await started.stop();
          client.destroy();
        });
      }
      for (const schedule of graph.schedules) {
        const started: Schedule = startSchedule({
          schedule,
          graph,
          invoke: invokeArn(schedule.functionArn),
          log: gatewayLog(log, "scheduler"),
        });
        cleanups.push(() => started.stop());
      }
      return { value: undefined, detail: count({ "queue mapping": graph.mappings, schedule: graph.schedules }) };
    });

    const apis: Record<string, string> = {};
    for (const [index, api] of graph.apis.entries()) {
      const started: Api = await startApi({
        api,
        invoke: invokeArn,
        port: options.port === 0 ? 0 : options.port + index,
        log: requestLog(log),
        ...(options.inspect && { timeoutMs: 24 * 60 * 60 * 1000 }),
      });
      cleanups.push(() => started.stop());
      apis[api.name] = started.url;
    }

    const state: SystemState = {
      pid: process.pid,
      startedAt: new Date().toISOString(),
      stage,
      apis,
      gateway: { url: gateway.url, region: graph.region, ...operatorCredentials },
      databases: databaseUrls(graph, links),
      queues: Object.fromEntries(
        graph.queues.map(({ name, url, arn }) => [name, { url: localise(url, addresses), arn }]),
      ),
      tables: Object.fromEntries(graph.tables.map(({ name, tableName }) => [name, { name: tableName }])),
      topics: Object.fromEntries(graph.topics.map(({ name, arn }) => [name, { arn }])),
      buses: Object.fromEntries(graph.buses.map(({ name, busName, arn }) => [name, { name: busName, arn }])),
      logFile: join(dataDir, "log.jsonl"),
      pids: { mysql: mysql.pids },
    };
    await writeState(dataDir, state);
    cleanups.push(() => removeState(dataDir));
    return { graph, state, gateway, emulators, functions, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** As AWS gives each role keys of its own, so that the gateway knows who calls. */
export function accessKeyOf(functionName: string): string {
  return `LOCAL${createHash("sha256").update(functionName).digest("hex").slice(0, 15).toUpperCase()}`;
}

function awsVariables(graph: Graph, fn: GraphFunction, endpoint: string): Record<string, string> {
  return {
    AWS_REGION: graph.region,
    AWS_DEFAULT_REGION: graph.region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyOf(fn.name),
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_SESSION_TOKEN: "local",
  };
}

function describeMysql(mysql: Mysql): string {
  if (mysql.kind === "none") return "the databases given by DATABASE_URL_…";
  return `${mysql.kind} ${mysql.version ?? ""} on ${[...new Set(mysql.addresses.values())].join(", ")}`;
}

function count(things: Record<string, unknown[]>): string {
  const plural = (name: string) => (name.endsWith("s") ? `${name}es` : `${name}s`);
  return Object.entries(things)
    .map(([name, list]) => `${list.length} ${list.length === 1 ? name : plural(name)}`)
    .join(", ");
}

function find<T>(list: T[], test: (item: T) => boolean, what: string): T {
  const found = list.find(test);
  if (found === undefined) throw new Error(`No ${what} in the graph.`);
  return found;
}

/** All of them, or the first error once every one of them has ended: nothing goes on behind the caller's back. */
async function settled<T extends readonly unknown[]>(work: [...{ [I in keyof T]: Promise<T[I]> }]): Promise<T> {
  await Promise.allSettled(work);
  return (await Promise.all(work)) as unknown as T; // Promise.all keeps order and types
}
