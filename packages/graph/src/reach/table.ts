import { readFile } from "node:fs/promises";
import type { Graph } from "../graph.ts";
import { table } from "../text/markdown.ts";
import type { Path } from "./network.ts";
import { deliveriesOf, type ObservedCalls, type Reach, reachOf, type UnusedRight, unusedRights } from "./reach.ts";

/**
 * The calls that a run of the whole local system was seen to make.
 *
 * @param file a line for each call: function, call, resource
 */
export async function observedCalls(file: string): Promise<ObservedCalls> {
  return parseCalls(await readFile(file, "utf8"));
}

function parseCalls(lines: string): ObservedCalls {
  const calls = lines.split("\n").flatMap((line) => {
    const [name, call, on] = line.split(" ");
    return name && call && on ? [{ name, line: `${call} ${on}` }] : [];
  });
  const byFunction = Map.groupBy(calls, ({ name }) => name);
  return Object.fromEntries([...byFunction].map(([name, all]) => [name, all.map(({ line }) => line)]));
}

/** Reachability as Markdown: functions to services, services to resources, and the rights that nobody used. */
export function reachTable(graph: Graph, observed: ObservedCalls): string {
  const unused = unusedRights(graph, observed);
  return [
    "Each call that a run of the whole local system was seen to make, in the graph of stage `production`: the way of its packets,",
    "the right to make it, and what the other side must allow.",
    "",
    table(
      ["function", "calls", "on", "network", "permission", "resource policy"],
      grouped(reachOf(graph, observed)).map(({ function: name, calls, on, network, permission, resourcePolicy }) => [
        `\`${name}\``,
        calls.join(", "),
        `\`${on}\``,
        shown(network),
        shown(permission),
        shown(resourcePolicy),
      ]),
    ),
    "",
    "What services do among themselves for the app:",
    "",
    table(
      ["from", "to", "by", "allowed by"],
      deliveriesOf(graph).map(({ from, to, by, allowed }) => [`\`${from}\``, `\`${to}\``, by, shown(allowed)]),
    ),
    "",
    unused.length === 0 ? "Every right that a function has was used by that run." : "Rights that the run did not use:",
    ...(unused.length === 0 ? [] : ["", ...unused.map(unusedLine)]),
  ].join("\n");
}

function unusedLine({ function: name, call, on, demanded }: UnusedRight): string {
  return `- \`${name}\`: ${call} on \`${on}\`${demanded ? ", without which Lambda refuses to consume the queue" : ""}`;
}

/** Calls of a function on one thing that arrive the same way, in one row. */
function grouped(reaches: Reach[]) {
  const key = ({ call: _, ...rest }: Reach) => JSON.stringify(rest);
  return [...Map.groupBy(reaches, key).values()].map((all) => ({
    ...(all[0] as Reach), // a group has a first
    calls: all.map(({ call }) => call),
  }));
}

function shown({ holds, how }: Path): string {
  return holds === true ? how : holds === "unknown" ? `not known here: ${how}` : `**no: ${how}**`;
}
