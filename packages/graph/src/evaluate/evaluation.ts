import type { GraphResource } from "../graph.ts";
import type { BuildInput } from "./rpc.ts";

/** The order for the child process, as JSON in its argument. */
export interface EvaluationOrder {
  root: string;
  platform: string;
  /** The bundle of sst.config.ts alone. */
  app: string;
  /** The bundle of sst.config.ts and SST's components. */
  program: string;
  stage: string;
  dev: boolean;
  /** What `$cli.command` is. */
  command: string;
  account: string;
  /** What data sources answer, by their name, in place of what an account without anything in it would. */
  existing: Record<string, Record<string, unknown>>;
  /** Folder for what SST writes on the way; removed afterwards. */
  work: string;
  /** Environment of the configuration. */
  env: Record<string, string>;
}

/** What one evaluation of sst.config.ts gave, before views are made of it. */
export interface Evaluation {
  app: string;
  region: string;
  allowedAccounts?: string[];
  regionPinned?: boolean;
  protect?: boolean;
  resources: GraphResource[];
  /** What `registerOutputs` received, by URN. */
  outputs: Record<string, Record<string, unknown>>;
  /** What SST was asked to build, by function. */
  builds: Record<string, BuildInput>;
}

export type EvaluationReport = { evaluation: Evaluation } | { error: { name: string; message: string; stack: string } };

/**
 * sst.config.ts, or what it imports, cannot be evaluated.
 *
 * The message says what is wrong and, where known, in which line; it is meant for whoever wrote the configuration.
 */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly code = "config_invalid";
  /** `file:line:column`, relative to the repository. */
  readonly where: string | undefined;

  constructor(message: string, where?: string, options?: ErrorOptions) {
    super(where ? `${message}\n  at ${where}` : message, options);
    this.where = where;
  }
}

/** sst.config.ts names a provider that is not installed in the platform: `sst install` puts it there. */
export class MissingProviderError extends ConfigError {
  override name = "MissingProviderError";
}
