import type { Graph } from "@appointments/graph/graph";

/**
 * The database of each country, by country code: the mysql:// link of a function that says it serves the country.
 *
 * @param links what the links hold; `graph.links`, or the same with local addresses
 */
export function databaseUrls(graph: Graph, links: Graph["links"] = graph.links): Record<string, string> {
  const found: Record<string, string> = {};
  for (const fn of graph.functions) {
    const country = fn.environment.COUNTRY;
    const url = fn.links
      .map((name) => links[name]?.url)
      .find((it) => typeof it === "string" && it.startsWith("mysql://"));
    if (country !== undefined && typeof url === "string") found[country] = url;
  }
  return found;
}
