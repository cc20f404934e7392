import type { Graph } from "../graph.ts";
import { type Right, rights, sstRights } from "./rights.ts";

/**
 * The IAM policy of a role that may deploy this stage, and no other: for each type of resource in the graph the actions with
 * which the provider makes, reads, changes and removes it, on names of the stage where AWS takes names. It reads and
 * writes no message, item or row.
 *
 * @throws Error for a type whose actions are not known: a role that lacks some would fail in the middle of a deployment
 */
export function deployPolicy(graph: Graph) {
  const types = [...new Set(graph.resources.map(({ type }) => type))].filter((type) => type.startsWith("aws:"));
  const unknown = types.filter((type) => !rightsFor(type));
  if (unknown.length > 0)
    throw new Error(
      `The actions for ${unknown.join(", ")} are not known: add them to packages/graph/src/deploy/rights.ts.`,
    );
  const wanted = [...types.flatMap((type) => rightsFor(type) ?? []), ...sstRights];
  const statements = Map.groupBy(wanted, ({ on }) => on.join(" "));
  return {
    Version: "2012-10-17",
    Statement: [...statements.values()].map((group) => ({
      Effect: "Allow",
      Action: [...new Set(group.flatMap(({ actions }) => actions))].sort(),
      Resource: (group[0]?.on ?? []).map((pattern) => resourceOf(pattern, graph)),
    })),
  };
}

/** The rights for a type, by the longest beginning that is known. */
function rightsFor(type: string): Right[] | undefined {
  const known = Object.keys(rights)
    .filter((prefix) => type.startsWith(prefix))
    .sort((a, b) => b.length - a.length);
  return known[0] === undefined ? undefined : rights[known[0]];
}

const resourceOf = (pattern: string, { app, stage, region, account }: Graph): string =>
  Object.entries({ app, stage, region, account }).reduce(
    (text, [name, value]) => text.replaceAll(`{${name}}`, value),
    pattern,
  );
