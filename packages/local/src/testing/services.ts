import type { Graph } from "@appointments/graph/graph";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { endpointOf, startEmulators } from "../endpoint/emulators.ts";
import { createResources } from "../endpoint/resources/resources.ts";
import type { Credentials } from "../gateway/caller.ts";
import { startGateway } from "../gateway/gateway.ts";
import { createMeter } from "../gateway/meter.ts";

/** Emulators, the graph's resources and a gateway, on free ports, with clients for each function of the graph. */
export async function startServices(graph: Graph, options: { dataDir?: string; archiveFolder?: string } = {}) {
  const logs: string[] = [];
  const log = (_level: string, message: string) => void logs.push(message);
  const meter = createMeter();
  const killed: string[] = [];
  const { account, region } = graph;
  const { dataDir, archiveFolder } = options;
  const emulators = await startEmulators({ account, region, onDelivery: meter.recordDelivery, dataDir });
  await createResources(graph, emulators, log);
  const gateway = await startGateway({
    graph,
    endpoints: emulators,
    credentialsOf,
    log,
    meter,
    archiveFolder,
    kill: (name) => void killed.push(name),
  });
  const open: { destroy: () => void }[] = [];
  /** SDK clients that sign as a function, as `operator`, or with any other key. They do not retry. */
  function clients(name: string) {
    const made = clientsFor({ endpoint: gateway.url, region, credentials: credentialsOf(name) });
    open.push(...Object.values(made));
    return made;
  }
  return {
    graph,
    emulators,
    gateway,
    logs,
    killed,
    clients,
    stop: async () => {
      for (const client of open) client.destroy();
      await gateway.stop();
      await emulators.stop();
    },
  };
}

export type Services = Awaited<ReturnType<typeof startServices>>;

/** As the gateway of these tests knows them. */
export const credentialsOf = (name: string) => ({
  accessKeyId: `KEY${name.toUpperCase()}`,
  secretAccessKey: `secret of ${name}`,
});

function clientsFor(options: { endpoint: string; region: string; credentials: Credentials }) {
  const config = { ...options, maxAttempts: 1 };
  const [sqs, sns] = [new SQSClient(config), new SNSClient(config)];
  return { dynamo: new DynamoDBClient(config), sqs, sns, events: new EventBridgeClient(config) };
}

/** Waits until `probe` answers something other than undefined or false, at most 10 s. */
export async function eventually<T>(probe: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`Not so within 10 s: ${probe}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Clients with all rights, for an endpoint that was started without the rest; they are closed by the cleanups. */
export function clientsAt(
  url: string,
  cleanups: (() => Promise<unknown> | unknown)[],
  credentials = endpointOf(url, "").credentials,
) {
  const clients = clientsFor({ endpoint: endpointOf(url, "").url, region: "us-east-1", credentials });
  cleanups.push(() => {
    for (const client of Object.values(clients)) client.destroy();
  });
  return clients;
}
