import type { TargetName } from "./row.ts";
import { findStage } from "./targets/aws.ts";
import { type ProgramName, targetPrograms } from "./targets/targets.ts";

/** What runs while the suite runs against it. */
interface Process {
  /** Tells the target's file how to reach it. */
  env: Record<string, string>;
  stop: () => Promise<void>;
}

/** Starts what a target needs outside of the tests' own processes. */
export type StartProcess = (options: { stage?: string }) => Promise<Process>;

/** The targets that need something started, or given; the embedded one needs nothing. */
export const processes: Partial<Record<TargetName, StartProcess>> = {
  ministack: () => start("ministack"),
  moto: () => start("moto"),
  "dynamodb-local": () => start("dynamodb-local"),
  aws: async ({ stage }) => ({ env: await findStage(stage), stop: () => Promise.resolve() }),
};

/** One program for the whole run: test files tell their resources apart by name. */
async function start(name: ProgramName): Promise<Process> {
  const { given, version, stop } = await targetPrograms[name]((message) => console.log(`  … ${message}`));
  return { env: { FIDELITY_GIVEN: JSON.stringify(given), FIDELITY_VERSION: version }, stop };
}
