import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Account } from "./rule/rule.ts";

/** What an app can say about itself beyond its sst.config.ts: the default export of the module after `--config`. */
export interface GraphConfig {
  /**
   * The kinds of stage that sst.config.ts makes something different of; `--lint` without a stage checks each. The generated
   * pages show the first.
   */
  stages: StageKind[];
  /** Keys of the routes that anybody may call, as `GET /health`: `--lint` finds every other one that has no authorizer. */
  publicRoutes?: readonly string[];
  /** Where the table of who reaches what goes; no table without it. */
  reach?: {
    /** File of the calls that a run of the system was seen to make, a line each: function, call, resource. */
    calls: string;
    /** Markdown page with the lines `<!-- reach: … -->` and `<!-- /reach -->`, between which the table stands. */
    page: string;
  };
  /** Where the tables of costs go; none without it, and no `--cost`. */
  cost?: {
    /** File of prices: `Prices` in cost/cost.ts, as JSON. */
    prices: string;
    /** Markdown page with the lines `<!-- cost: … -->` and `<!-- /cost -->`. */
    page: string;
    /** Kinds of stage that the page shows, as `production`. */
    kinds: string[];
  };
}

export interface StageKind extends Account {
  /** A name for the kind, as `production-given`. */
  kind: string;
  /** An example of its name. */
  stage: string;
  /** Whether it is what `sst dev` deploys. */
  dev: boolean;
  /** What the team gives: examples, which also stand for what is not given when a stage of this name is shown. */
  env: Record<string, string>;
}

const defaults: GraphConfig = {
  stages: [
    { kind: "production", stage: "production", dev: false, env: {} },
    { kind: "personal", stage: "someone", dev: true, env: {} },
  ],
};

/**
 * Reads an app's configuration; the defaults serve without one.
 *
 * @param file path of the module, from the working folder
 * @throws Error when it is not there or exports something else
 */
export async function readConfig(file?: string): Promise<GraphConfig> {
  if (file === undefined) return defaults;
  const { default: config } = (await import(pathToFileURL(resolve(file)).href)) as { default?: Partial<GraphConfig> };
  const { stages = defaults.stages, publicRoutes, reach, cost } = config ?? {};
  const known = Array.isArray(stages) && stages.every(isStageKind);
  if (
    config === undefined ||
    !known ||
    (publicRoutes && !(Array.isArray(publicRoutes) && publicRoutes.every(text))) ||
    (reach && !(text(reach.calls) && text(reach.page))) ||
    (cost && !isCost(cost))
  ) {
    throw new Error(
      `The default export of ${file} is no configuration: see GraphConfig in packages/graph/src/config.ts.`,
    );
  }
  return { stages, ...(publicRoutes ? { publicRoutes } : {}), ...(reach ? { reach } : {}), ...(cost ? { cost } : {}) };
}

const isCost = ({ prices, page, kinds }: NonNullable<GraphConfig["cost"]>) =>
  text(prices) && text(page) && Array.isArray(kinds) && kinds.every(text);

function isStageKind({ kind, stage, dev, env }: Partial<Record<keyof StageKind, unknown>>): boolean {
  return text(kind) && text(stage) && typeof dev === "boolean" && typeof env === "object" && env !== null;
}

function text(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
