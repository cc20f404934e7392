import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { startEmulators } from "@appointments/local/emulator/emulators";
import { createResources } from "@appointments/local/emulator/resources";
import { operatorCredentials } from "@appointments/local/gateway/caller";
import { startGateway } from "@appointments/local/gateway/gateway";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Target } from "../target.ts";
import { graphOf, type Topology } from "../topology.ts";

/** The emulators that `npm start` embeds, behind the same gateway, in memory and on free ports. */
export async function startEmbedded(topology: Topology): Promise<Target> {
  const place = { region: "us-east-1", account: "123456789012", prefix: `fidelity-${randomBytes(4).toString("hex")}` };
  const graph = graphOf(place, topology);
  const { region, account } = place;
  const log = () => {};
  const emulators = await startEmulators({ region, account });
  await createResources(graph, emulators, log);
  const gateway = await startGateway({ graph, endpoints: emulators, credentials: new Map(), log });
  const config = { endpoint: gateway.url, region, maxAttempts: 1, credentials: operatorCredentials };
  const clients = {
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    events: new EventBridgeClient(config),
    dynamo: new DynamoDBClient(config),
  };
  return {
    ...clients,
    version: `fauxqs ${versionOf("fauxqs")}, dynalite ${versionOf("dynalite")}`,
    url: gateway.url,
    region,
    account,
    graph,
    queueUrl: (name) => `${gateway.url}/${account}/${place.prefix}-${name}`,
    allows: () => true,
    stop: async () => {
      for (const client of Object.values(clients)) client.destroy();
      await gateway.stop();
      await emulators.stop();
    },
  };
}

function versionOf(name: string): string {
  const file = findPackageJSON(name, import.meta.resolve("@appointments/local/emulator/emulators"));
  if (file === undefined) throw new Error(`${name} is not installed`);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
