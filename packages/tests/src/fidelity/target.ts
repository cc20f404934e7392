import { type TargetName, targetNames } from "./row.ts";
import { startAtAws } from "./targets/aws.ts";
import { startEmbedded } from "./targets/embedded.ts";
import { startAtProgram } from "./targets/gateway.ts";
import type { Target } from "./targets/target.ts";
import type { Topology } from "./topology.ts";

export type { Target };

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
