import type { Evaluation } from "../evaluate/evaluation.ts";
import type { Graph } from "../graph.ts";
import { record } from "./resources.ts";

/** What `Resource.<name>` holds, for everything linkable at the top of sst.config.ts. */
export function links({ outputs, builds }: Evaluation): Graph["links"] {
  const found: Graph["links"] = {};
  for (const [urn, output] of Object.entries(outputs)) {
    if (urn.includes("::sst:sst:LinkRef::")) found[String(output.target)] = record(output.properties);
  }
  // A link inside a component has no reference of its own.
  for (const build of Object.values(builds)) {
    for (const [name, properties] of Object.entries(build.links)) found[name] ??= properties;
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}
