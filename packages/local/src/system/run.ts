import { styleText } from "node:util";
import type { Graph } from "@appointments/graph/graph";
import type { LocalConfig } from "../config.ts";
import type { GivenEndpoints } from "../endpoint/emulators.ts";
import type { CredentialsOf } from "../gateway/caller.ts";
import type { Answered } from "../http/api.ts";
import type { SystemLog } from "./log.ts";

export interface SystemOptions {
  /** The repository: where sst.config.ts stands. */
  root: string;
  /** Keeps everything between starts; must belong to one running system at a time. */
  dataDir: string;
  /** Letters, digits and hyphens. Default `local`. */
  stage?: string;
  /** Variables that sst.config.ts sees over all others. */
  env?: Record<string, string | undefined>;
  /** Port of the first API; the next ones follow. 0 for free ones. */
  port: number;
  /** Port of the endpoint for AWS calls; 0 for a free one. */
  gatewayPort: number;
  /** AWS-compatible endpoints to stand behind the gateway; what is not named is embedded. */
  aws?: GivenEndpoints;
  /** Begin with empty tables and queues there too; what is embedded is begun anew by an empty `dataDir`. */
  fresh?: boolean;
  /** Modules that stand in for others in all bundles, by absolute path. Read at each build: a changed map counts at the next `reload`. */
  replacements?: ReadonlyMap<string, string>;
  /** Milliseconds by which functions' clocks differ from this machine's, by function. */
  clockOffsetsMs?: Readonly<Record<string, number>>;
  /** Build functions again when their sources change. */
  watch?: boolean;
  /** Start functions with Node's inspector, one environment each, and let nothing time out. */
  inspect?: boolean;
  /** Ask nobody for a token: every caller is who the configuration says. */
  open?: boolean;
  /** What is particular to the app. */
  config?: LocalConfig;
  log: SystemLog;
  /** Sees every answer of the APIs. */
  onAnswer?: (answered: Answered) => void;
  progress?: Progress;
  /** Ends the start. What was started until then is stopped. */
  signal?: AbortSignal;
  /** Something ended that the system cannot live without. The system is then to be stopped. */
  onFailure?: (message: string) => void;
}

/** One start of the system, as its steps share it. */
export interface Run {
  options: SystemOptions;
  graph: Graph;
  credentialsOf: CredentialsOf;
  log: SystemLog;
  progress: Progress;
  /** Run in reverse order when the system stops. */
  cleanups: (() => Promise<unknown>)[];
}

/** All of them, or the first error once every one of them has ended: nothing goes on behind the caller's back. */
export async function settled<T extends readonly unknown[]>(work: [...{ [I in keyof T]: Promise<T[I]> }]): Promise<T> {
  await Promise.allSettled(work);
  return (await Promise.all(work)) as unknown as T; // Promise.all keeps order and types
}

/** Shows what a start is doing: a line when something long begins, a line with its time when a step is done. */
export interface Progress {
  /** Runs a step. What it returns as `detail` stands in its line. */
  step<T>(name: string, work: (say: (message: string) => void) => Promise<{ value: T; detail: string }>): Promise<T>;
}

/** @param signal ends the start: no further step begins */
export function showProgress(print: (line: string) => void, signal?: AbortSignal): Progress {
  return {
    async step(name, work) {
      signal?.throwIfAborted();
      const show = (line: string) => {
        if (!signal?.aborted) print(line);
      };
      const startedAt = performance.now();
      const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
      const say = (message: string) => show(`  ${styleText("dim", "…")} ${name.padEnd(11)} ${message}`);
      try {
        const { value, detail } = await work(say);
        show(`  ${styleText("green", "✓")} ${name.padEnd(11)} ${detail} ${styleText("dim", seconds())}`);
        return value;
      } catch (error) {
        show(`  ${styleText("red", "✗")} ${name.padEnd(11)} failed after ${seconds()}`);
        throw error;
      }
    },
  };
}

export const noProgress: Progress = { step: async (_name, work) => (await work(() => {})).value };

/** What was made, in words: `1 table, 4 queues`. */
export function count(things: Record<string, unknown[]>): string {
  const plural = (name: string) => (name.endsWith("s") ? `${name}es` : `${name}s`);
  return Object.entries(things)
    .map(([name, list]) => `${list.length} ${list.length === 1 ? name : plural(name)}`)
    .join(", ");
}
