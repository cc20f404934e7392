import type { GraphMapping } from "@appointments/graph/graph";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Gateway } from "../gateway/gateway.ts";
import { startApi } from "../http/api.ts";
import { contextOf } from "../http/jwt.ts";
import { startMapping } from "../source/queue.ts";
import { startSchedule } from "../source/schedule.ts";
import { type Addresses, localise } from "./address.ts";
import { invokeOf, type LocalFunctions } from "./functions.ts";
import { clientsOf } from "./issuer.ts";
import { requestLog, serviceLog } from "./log.ts";
import { count, type Run } from "./run.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** Starts what invokes functions by itself: queues and schedules. */
export async function startSources(
  run: Run,
  functions: LocalFunctions,
  gateway: Gateway,
  addresses: Addresses,
): Promise<void> {
  const { graph, log, progress, cleanups } = run;
  await progress.step("sources", async () => {
    for (const mapping of graph.mappings) startQueue(run, mapping, functions, gateway, addresses);
    for (const schedule of graph.schedules) {
      const invoke = invokeOf(functions, schedule.functionArn);
      const started = startSchedule({ schedule, graph, invoke, log: serviceLog(log, "scheduler") });
      cleanups.push(() => started.stop());
    }
    return { value: undefined, detail: count({ "queue mapping": graph.mappings, schedule: graph.schedules }) };
  });
}

function startQueue(
  { graph, log, cleanups, credentialsOf }: Run,
  mapping: GraphMapping,
  functions: LocalFunctions,
  gateway: Gateway,
  addresses: Addresses,
): void {
  const fn = find(graph.functions, mapping.functionArn);
  const queue = find(graph.queues, mapping.queueArn);
  const client = new SQSClient({
    endpoint: gateway.url,
    region: graph.region,
    credentials: credentialsOf(fn.name),
  });
  const started = startMapping({
    mapping,
    queue: { ...queue, url: localise(queue.url, addresses) },
    timeoutSeconds: fn.timeoutSeconds,
    invoke: invokeOf(functions, mapping.functionArn),
    client,
    allows: (action, resource) => gateway.allows(fn.name, action, resource),
    log: serviceLog(log, fn.name),
  });
  cleanups.push(async () => {
    await started.stop();
    client.destroy();
  });
}

/**
 * Starts the HTTP APIs, last: whoever can reach one finds everything behind it.
 *
 * @param addresses where the issuers of their tokens are
 *
 * @returns their base URLs, by component name
 */
export async function startApis(
  { options, graph, log, cleanups }: Run,
  functions: LocalFunctions,
  addresses: Addresses,
): Promise<Record<string, string>> {
  const urls: Record<string, string> = {};
  const { open = false, config } = options;
  const kind = config?.tokens?.[config.openAs ?? ""];
  const anybody = open ? (kind?.claims([], clientsOf(graph)) ?? {}) : undefined;
  for (const [index, api] of localise(graph.apis, addresses).entries()) {
    const started = await startApi({
      api,
      invoke: (arn) => invokeOf(functions, arn),
      port: options.port === 0 ? 0 : options.port + index,
      log: requestLog(log),
      ...(options.onAnswer && { onAnswer: options.onAnswer }),
      ...(anybody && { anybody: contextOf(anybody) }),
      ...(options.inspect && { timeoutMs: dayMs }),
    });
    cleanups.push(() => started.stop());
    urls[api.name] = started.url;
  }
  return urls;
}

function find<T extends { arn: string }>(list: T[], arn: string): T {
  const found = list.find((item) => item.arn === arn);
  if (found === undefined) throw new Error(`No ${arn} in the graph.`);
  return found;
}
