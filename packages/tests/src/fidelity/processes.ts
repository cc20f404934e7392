import type { TargetName } from "./row.ts";

/** What runs while the suite runs against it. */
export interface Process {
  /** Tells the target's file how to reach it. */
  env: Record<string, string>;
  stop: () => Promise<void>;
}

/** Starts what a target needs outside of the tests' own processes. */
export type StartProcess = (options: { stage?: string }) => Promise<Process>;

/** The targets that need something started, or given; the embedded one needs nothing. */
export const processes: Partial<Record<TargetName, StartProcess>> = {};
