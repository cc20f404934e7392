import { join } from "node:path";
import type { Graph } from "@appointments/graph/graph";
import { describeGiven, type Emulators, startEmulators } from "../endpoint/emulators.ts";
import { createResources } from "../endpoint/resources/resources.ts";
import { type Gateway, startGateway } from "../gateway/gateway.ts";
import { createMeter } from "../gateway/meter.ts";
import { issuerDocument } from "../issuer/documents.ts";
import type { SigningKey } from "../issuer/key.ts";
import { type Mysql, startMysql } from "../mysql/mysql.ts";
import type { LocalFunctions } from "./functions.ts";
import { serviceLog } from "./log.ts";
import { count, type Run } from "./run.ts";

/** Starts the graph's databases. */
export function startDatabases({ options, graph, progress, cleanups }: Run): Promise<Mysql> {
  return progress.step("mysql", async (say) => {
    const mysql = await startMysql({
      dataDir: join(options.dataDir, "mysql"),
      databases: graph.databases,
      onProgress: say,
      ...(options.config?.givenDatabases && { givenDatabases: options.config.givenDatabases }),
      ...(options.onFailure && { onExit: options.onFailure }),
    });
    cleanups.push(mysql.stop);
    return { value: mysql, detail: describeMysql(mysql) };
  });
}

/**
 * Starts what stands for AWS: the emulators or given endpoints, the graph's resources there, the gateway in front.
 *
 * @param functions those that run by the time a fault asks to kill one
 * @param key of the local issuer, whose documents the gateway shows
 */
export function startServices(
  run: Run,
  functions: LocalFunctions,
  key: SigningKey | undefined,
): Promise<{ emulators: Emulators; gateway: Gateway }> {
  const { options, graph, progress, cleanups, log } = run;
  return progress.step("aws", async () => {
    const meter = createMeter();
    const emulators = await startEmulators({
      account: graph.account,
      region: graph.region,
      dataDir: join(options.dataDir, "aws"),
      onDelivery: meter.recordDelivery,
      given: options.aws ?? {},
    });
    cleanups.push(emulators.stop);
    const naming = await createResources(graph, emulators, serviceLog(log, "aws"), { fresh: options.fresh ?? false });
    const gateway = await startGateway({
      graph,
      endpoints: emulators,
      naming,
      credentialsOf: run.credentialsOf,
      log: serviceLog(log, "gateway"),
      port: options.gatewayPort,
      meter,
      archiveFolder: join(options.dataDir, "aws", "archive"),
      ...(key && { document: (path: string, url: string) => issuerDocument(path, url, [key.public]) }),
      kill: (name) => {
        for (const { pid } of functions.get(name)?.environments() ?? []) process.kill(pid, "SIGKILL");
      },
    });
    cleanups.push(gateway.stop);
    return { value: { emulators, gateway }, detail: [made(graph), ...describeGiven(options.aws)].join(", ") };
  });
}

const made = ({ tables, queues, topics, buses }: Graph) =>
  count({ table: tables, queue: queues, topic: topics, bus: buses });

function describeMysql(mysql: Mysql): string {
  if (mysql.kind === "none") return "nothing to run: every database is given";
  return `${mysql.kind} ${mysql.version ?? ""} on ${[...new Set(mysql.addresses.values())].join(", ")}`;
}
