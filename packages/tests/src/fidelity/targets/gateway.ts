import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { type GivenEndpoints, startEmulators } from "@appointments/local/endpoint/emulators";
import { createResources } from "@appointments/local/endpoint/resources/resources";
import { startGateway } from "@appointments/local/gateway/gateway";
import { clientsOf, destroy } from "../../kit/clients.ts";
import { graphOf, type Target, type Topology } from "../topology.ts";

/** The emulators that `npm start` embeds, behind the same gateway, in memory and on free ports. */
export function startEmbedded(topology: Topology): Promise<Target> {
  const version = `fauxqs ${versionOf("fauxqs")}, dynalite ${versionOf("dynalite")}`;
  return startBehindGateway(topology, {}, version);
}

function versionOf(name: string): string {
  const file = findPackageJSON(name, import.meta.resolve("@appointments/local/endpoint/emulators"));
  if (file === undefined) throw new Error(`${name} is not installed`);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** The program that the runner started, as the environment says. */
export function startAtProgram(topology: Topology): Promise<Target> {
  const { FIDELITY_GIVEN, FIDELITY_VERSION: version = "" } = process.env;
  if (FIDELITY_GIVEN === undefined) throw new Error("Run it by `npm run test:fidelity -- --target NAME`.");
  return startBehindGateway(topology, JSON.parse(FIDELITY_GIVEN), version);
}

/** Endpoints behind the gateway of `npm start`, on a free port; what is not given is embedded, in memory. */
async function startBehindGateway(topology: Topology, given: GivenEndpoints, version: string): Promise<Target> {
  const place = { region: "us-east-1", account: "123456789012", prefix: `fidelity-${randomBytes(4).toString("hex")}` };
  const graph = graphOf(place, topology);
  const { region, account } = place;
  const log = () => {};
  const credentials = { accessKeyId: "OPERATOR", secretAccessKey: randomBytes(20).toString("hex") };
  const emulators = await startEmulators({ region, account, given });
  try {
    const made = await createResources(graph, emulators, log);
    const gateway = await startGateway({
      graph,
      endpoints: emulators,
      naming: made,
      credentialsOf: () => credentials,
      log,
    });
    const { url } = gateway;
    const clients = clientsOf({ endpoint: url, region, maxAttempts: 1, credentials });
    return {
      ...clients,
      version,
      url,
      region,
      account,
      graph,
      queueUrl: (name) => `${url}/${account}/${place.prefix}-${name}`,
      stop: async () => {
        destroy(clients);
        await gateway.stop();
        await emulators.stop();
      },
    };
  } catch (error) {
    await emulators.stop();
    throw error;
  }
}
