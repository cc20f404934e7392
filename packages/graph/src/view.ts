import type { Evaluation } from "./evaluation.ts";
import type { Graph } from "./graph.ts";
import { apis } from "./view/api.ts";
import { archives, buses, rules } from "./view/bus.ts";
import { databases } from "./view/database.ts";
import { functions } from "./view/function.ts";
import { invocations } from "./view/invocation.ts";
import { links } from "./view/link.ts";
import { mappings, queues } from "./view/queue.ts";
import { indexed } from "./view/resources.ts";
import { schedules } from "./view/schedule.ts";
import { tables } from "./view/table.ts";
import { subscriptions, topics } from "./view/topic.ts";

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
    schedules: schedules(resources),
    invocations: invocations(resources),
    databases: databases(resources),
  };
}
