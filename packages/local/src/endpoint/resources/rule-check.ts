import type { Graph } from "@appointments/graph/graph";
import { openTargets } from "../../aws/delivery.ts";
import type { Log } from "../../aws/log.ts";
import { PatternFault } from "../../aws/pattern/fault.ts";
import { readPattern } from "../../aws/pattern/pattern.ts";

/**
 * Checks the rules that the gateway itself carries out; the log says what their targets would not get on AWS.
 *
 * @throws when a rule has a pattern that AWS would refuse, or a target that is no queue
 */
export function checkRules(graph: Graph, log: Log): void {
  for (const rule of graph.rules) {
    try {
      readPattern(rule.pattern);
    } catch (error) {
      if (!(error instanceof PatternFault)) throw error;
      throw new Error(`Rule ${rule.name}: event pattern is not valid. Reason: ${error.message}`);
    }
    openTargets(graph, rule, log);
  }
}
