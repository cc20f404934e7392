import type { Evaluation } from "./evaluation.ts";
import type { Graph } from "./graph.ts";

export function viewOf(evaluation: Evaluation, of: { stage: string; dev: boolean; account: string }): Graph {
  return { ...of, ...evaluation } as unknown as Graph;
}
