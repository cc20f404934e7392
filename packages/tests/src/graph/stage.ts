import { evaluate } from "@appointments/graph/evaluate";
import type { Graph, GraphResource } from "@appointments/graph/graph";
import { root } from "../repository.ts";

/** The graph of a stage as `sst deploy` (or, with `dev`, `sst dev`) would make it, and nothing given but `env`. */
export function graphOf(
  stage: string,
  options: { dev?: boolean; env?: Record<string, string>; root?: string } = {},
): Promise<Graph> {
  return evaluate({ root, dev: false, env: {}, ...options, stage, ambient: false });
}

export function ofType(graph: Graph, type: string): GraphResource[] {
  return graph.resources.filter((resource) => resource.type === type);
}

/** The only element, or an error that says what was looked for. */
export function only<T>(list: readonly T[], what: string): T {
  const [first] = list;
  if (first === undefined || list.length !== 1) throw new Error(`expected one ${what}, found ${list.length}`);
  return first;
}

export const isDeadLetterQueue = (queue: { name: string }) => queue.name.endsWith("_DLQ");
