import type { GraphResource } from "../graph.ts";
import type { BuildInput } from "./rpc.ts";

/** What the child process is told, as JSON in its argument. */
export interface EvaluationOrder {
  root: string;
  platform: string;
  /** The bundle of sst.config.ts alone. */
  app: string;
  /** The bundle of sst.config.ts and SST's components. */
  program: string;
  stage: string;
  dev: boolean;
  account: string;
  /** Folder for what SST writes on the way; removed afterwards. */
  work: string;
  /** Environment of the configuration. */
  env: Record<string, string>;
}

/** What one evaluation of sst.config.ts gave, before views are made of it. */
export interface Evaluation {
  app: string;
  region: string;
  resources: GraphResource[];
  /** What `registerOutputs` was told, by URN. */
  outputs: Record<string, Record<string, unknown>>;
  /** What SST was asked to build, by function. */
  builds: Record<string, BuildInput>;
}

export type EvaluationReport = { evaluation: Evaluation } | { error: { name: string; message: string; stack: string } };
