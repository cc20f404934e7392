import type { Evaluation } from "../evaluate/evaluation.ts";
import type { Graph } from "../graph.ts";
import { record } from "../resource.ts";
import { functions } from "./function.ts";
import { archives, buses, rules, subscriptions, topics } from "./publisher.ts";
import { mappings, queues } from "./queue.ts";
import { indexed } from "./resources.ts";
import { databases, tables } from "./store.ts";
import { apis, invocations, schedules, userPools } from "./trigger.ts";

/** The typed graph of an evaluation; everything in it is in a stable order. */
export function viewOf(evaluation: Evaluation, of: { stage: string; dev: boolean; account: string }): Graph {
  const all = evaluation.resources.toSorted((a, b) => (a.urn < b.urn ? -1 : 1));
  const resources = indexed(all);
  return {
    app: evaluation.app,
    stage: of.stage,
    dev: of.dev,
    region: evaluation.region,
    account: of.account,
    ...(evaluation.allowedAccounts ? { allowedAccounts: evaluation.allowedAccounts } : {}),
    ...(evaluation.regionPinned ? { regionPinned: true } : {}),
    ...(evaluation.protect ? { protect: true } : {}),
    resources: all,
    functions: functions(resources, evaluation.builds),
    links: links(evaluation),
    tables: tables(resources),
    queues: queues(resources),
    topics: topics(resources),
    subscriptions: subscriptions(resources),
    buses: buses(resources),
    rules: rules(resources),
    archives: archives(resources),
    mappings: mappings(resources),
    apis: apis(resources),
    userPools: userPools(resources),
    schedules: schedules(resources),
    invocations: invocations(resources),
    databases: databases(resources),
  };
}

/** What `Resource.<name>` holds, for everything linkable at the top of sst.config.ts. */
function links({ outputs, builds }: Evaluation): Graph["links"] {
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
