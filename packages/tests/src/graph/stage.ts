import config from "@appointments/app/graph";
import type { StageKind } from "@appointments/graph/config";
import { type EvaluateOptions, evaluate } from "@appointments/graph/evaluate";
import type { Graph, GraphFunction, GraphQueue, GraphResource } from "@appointments/graph/graph";
import { root } from "../repository.ts";

const kinds: StageKind[] = config.stages;

/** What the graph does not say: production's account, and what anybody may call. */
export const account = { ...kinds.find(({ kind }) => kind === "production"), publicRoutes: config.publicRoutes };

type Options = Partial<Pick<EvaluateOptions, "dev" | "command" | "env" | "existing" | "root">>;

/**
 * The graph of a stage as `sst deploy` (or, with `dev`, `sst dev`) would make it, and nothing given but `env` and, to
 * production, what it is refused without.
 */
export function graphOf(stage: string, { env, ...options }: Options = {}): Promise<Graph> {
  // Under mutation testing: the mutant that is switched on, which makes another graph.
  const { __STRYKER_ACTIVE_MUTANT__ } = process.env;
  // Each kind of stage names what production is refused without; the first is the one with nothing else.
  const needed = stage.startsWith("prod") ? config.stages[0]?.env : {};
  return evaluate({
    root,
    dev: false,
    ...options,
    env: { __STRYKER_ACTIVE_MUTANT__, ...needed, ...env },
    stage,
    ambient: false,
    // Vitest ends what hangs; beside others an evaluation takes ten times as long as alone.
    timeoutMs: 120_000,
  });
}

export function ofType(graph: Graph, type: string): GraphResource[] {
  return graph.resources.filter((resource) => resource.type === type);
}

/** The only element, or an error that names what was looked for. */
export function only<T>(list: readonly T[], what: string): T {
  const [first] = list;
  if (first === undefined || list.length !== 1) throw new Error(`expected one ${what}, found ${list.length}`);
  return first;
}

/** A list that a property is about: a property of nothing would hold. */
export function some<T>(list: readonly T[]): readonly T[] {
  if (list.length === 0) throw new Error("there is nothing that the property is about");
  return list;
}

export function queueByArn(graph: Graph, arn = ""): GraphQueue {
  const found = graph.queues.filter((queue) => queue.arn === arn);
  return only(found, `queue ${arn}`);
}

/** Every queue with the function that consumes it and its dead-letter queue. */
export function consumers(graph: Graph): readonly { fn: GraphFunction; queue: GraphQueue; dlq: GraphQueue }[] {
  return some(graph.mappings).map(({ queueArn, functionArn }) => {
    const consuming = graph.functions.filter(({ arn }) => arn === functionArn);
    const fn = only(consuming, `consumer of ${queueArn}`);
    const queue = queueByArn(graph, queueArn);
    return { fn, queue, dlq: queueByArn(graph, queue.redrive?.deadLetterArn) };
  });
}

/** The functions that only a deployment invokes: migrations. */
export function deployers(graph: Graph): GraphFunction[] {
  return graph.functions.filter(({ arn }) => graph.invocations.some(({ functionArn }) => functionArn === arn));
}

/** The links of a function that hold a MySQL URL. */
export function databaseLinks(graph: Graph, fn: GraphFunction): string[] {
  return fn.links.filter((link) => String(graph.links[link]?.url ?? "").startsWith("mysql:"));
}
