import { mkdir } from "node:fs/promises";
import { evaluate } from "@appointments/graph/evaluate";
import type { Graph } from "@appointments/graph/graph";
import type { Emulators } from "../endpoint/emulators.ts";
import type { CredentialsOf } from "../gateway/caller.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { type Addresses, localise } from "./address.ts";
import { readCredentials } from "./credentials.ts";
import { type LocalFunctions, runInvocations, startFunctions } from "./functions.ts";
import { checkGiven, givenDatabases } from "./given.ts";
import { issuerAddresses, issuerKey, runIssuer } from "./issuer.ts";
import type { SystemLog } from "./log.ts";
import { withOwnPasswords } from "./password.ts";
import { requireFree } from "./port.ts";
import { noProgress, type Progress, type Run, type SystemOptions, settled } from "./run.ts";
import { startDatabases, startServices } from "./services.ts";
import { startApis, startSources } from "./sources.ts";
import { removeState, type SystemState, stateOf, writeState } from "./state.ts";

export interface System {
  graph: Graph;
  state: SystemState;
  gateway: Gateway;
  emulators: Emulators;
  functions: LocalFunctions;
  credentialsOf: CredentialsOf;
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
  const { log, progress = noProgress, port, gatewayPort } = options;
  await requireFree(port, "--port NUMBER or PORT=NUMBER");
  await requireFree(gatewayPort, "--gateway-port NUMBER or GATEWAY_PORT=NUMBER");
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const cleanups: Run["cleanups"] = [];
  try {
    const graph = await withOwnPasswords(await readGraph(options, progress), options.dataDir);
    await checkGiven(givenDatabases(graph, options.config));
    const credentialsOf = await readCredentials(options.dataDir);
    return await startAll({ options, graph, credentialsOf, log, progress, cleanups });
  } catch (error) {
    await stopAll(cleanups, log);
    throw error;
  }
}

/** The steps of a start, each on those before. */
async function startAll(run: Run): Promise<System> {
  const { options, graph, credentialsOf, cleanups, log } = run;
  const functions: LocalFunctions = new Map();
  const key = await issuerKey(graph, options.dataDir);
  const [mysql, { emulators, gateway }] = await settled([startDatabases(run), startServices(run, functions, key)]);
  const addresses: Addresses = new Map([
    [`https://sqs.${graph.region}.amazonaws.com`, gateway.url],
    ...issuerAddresses(graph, gateway.url),
    ...mysql.addresses,
  ]);
  const links = localise(graph.links, addresses);
  await startFunctions(run, functions, links, gateway.url);
  await runInvocations(run, functions);
  await startSources(run, functions, gateway, addresses);
  const apis = await startApis(run, functions, addresses);
  const issuer = await runIssuer(graph, options, key, gateway.url);

  const state = stateOf(run, { apis, issuer, gatewayUrl: gateway.url, links, addresses, mysqlPids: mysql.pids });
  await writeState(options.dataDir, state);
  cleanups.push(() => removeState(options.dataDir));
  return { graph, state, gateway, emulators, functions, credentialsOf, stop: () => stopAll(cleanups, log) };
}

function readGraph({ root, stage = "local", env = {}, signal }: SystemOptions, progress: Progress): Promise<Graph> {
  return progress.step("graph", async (say) => {
    const how = { dev: false, command: "start", env, onProgress: say };
    const value = await evaluate({ root, stage, ...how, ...(signal && { signal }) });
    return { value, detail: `${value.resources.length} resources in sst.config.ts, stage ${stage}` };
  });
}

async function stopAll(cleanups: Run["cleanups"], log: SystemLog): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup().catch((error: unknown) => {
      const message = `while stopping: ${error instanceof Error ? error.message : error}`;
      log({ level: "error", source: "system", message });
    });
  }
}
