import type { Graph } from "@appointments/graph/graph";

/** Host names of AWS → where they are on this machine. */
export type Addresses = Map<string, string>;

/**
 * Replaces AWS's addresses by local ones, wherever they stand in a value: what a DNS does for a host name, done for the
 * values of links. Nothing else in them is changed.
 */
export function localise<T>(value: T, addresses: Addresses): T {
  if (typeof value === "string") return replaceAll(value, addresses) as T & string; // a string stays a string
  if (Array.isArray(value)) return value.map((item) => localise(item, addresses)) as T & unknown[];
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, localise(item, addresses)])) as T &
      object;
  }
  return value;
}

function replaceAll(text: string, addresses: Addresses): string {
  let result = text;
  for (const [there, here] of addresses) result = result.replaceAll(there, here);
  return result;
}

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

/** A URL as it may stand on a screen. */
export function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^:@/]*):[^@/]*@/, "$1:…@");
}
