import type { Graph } from "@appointments/graph/graph";

/**
 * The databases that functions are linked to: name → mysql:// URL.
 *
 * @param links what the links hold; `graph.links`, or the same with local addresses
 * @param variable the environment variable of functions whose value names their database. Without it the name is the
 * link's; with it a function that lacks the variable is left out.
 */
export function databaseUrls(graph: Graph, links: Graph["links"], variable?: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const fn of graph.functions) {
    for (const link of fn.links) {
      const url = links[link]?.url;
      const name = variable === undefined ? link : fn.environment[variable];
      if (name !== undefined && typeof url === "string" && url.startsWith("mysql://")) found[name] ??= url;
    }
  }
  return found;
}
