import type { Graph } from "@appointments/graph/graph";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { type TargetName, targetNames } from "./row.ts";
import { startAtAws } from "./targets/aws.ts";
import { startEmbedded } from "./targets/embedded.ts";
import { startAtProgram } from "./targets/gateway.ts";
import type { Topology } from "./topology.ts";

/** Something that behaves like AWS, with the resources of one test file in it. */
export interface Target {
  /** Version of what stands behind, e.g. `fauxqs 2.4.1, dynalite 4.0.0`. */
  version: string;
  /** Clients with all rights. They do not retry, so that a test sees each answer. */
  sqs: SQSClient;
  sns: SNSClient;
  events: EventBridgeClient;
  dynamo: DynamoDBClient;
  /** Endpoint of the AWS calls. */
  url: string;
  region: string;
  account: string;
  graph: Graph;
  /** URL of a queue by its name in the topology. */
  queueUrl: (name: string) => string;
  /** Whether the role of a function in the topology allows an action; true for what has no functions. */
  allows: (functionName: string, action: string, resource: string) => boolean;
  stop: () => Promise<void>;
}

/** Makes the resources and clients; one file a target, in `targets/`. */
type StartTarget = (topology: Topology) => Promise<Target>;

/** The target of this run: `FIDELITY_TARGET`, else the emulators that `npm start` embeds. */
export const targetName: TargetName = named(process.env.FIDELITY_TARGET ?? "embedded");

const targets: Record<TargetName, StartTarget> = {
  embedded: startEmbedded,
  ministack: startAtProgram,
  moto: startAtProgram,
  "dynamodb-local": startAtProgram,
  aws: startAtAws,
};

let version = "";

/** Starts the target of this run with the resources that a test file asks for. */
export async function startTarget(topology: Topology): Promise<Target> {
  const target = await targets[targetName](topology);
  version = target.version;
  return target;
}

/** Version of the target that was started last in this process; empty before that. */
export function startedVersion(): string {
  return version;
}

function named(name: string): TargetName {
  const found = targetNames.find((known) => known === name);
  if (found === undefined) throw new Error(`No target ${name}; there are ${targetNames.join(", ")}.`);
  return found;
}
