import type { Evaluation } from "../evaluate/evaluation.ts";
import type { Graph } from "../graph.ts";
import { apis } from "./api.ts";
import { archives, buses, rules } from "./bus.ts";
import { databases } from "./database.ts";
import { functions } from "./function.ts";
import { invocations } from "./invocation.ts";
import { links } from "./link.ts";
import { mappings, queues } from "./queue.ts";
import { indexed } from "./resources.ts";
import { schedules } from "./schedule.ts";
import { tables } from "./table.ts";
import { subscriptions, topics } from "./topic.ts";

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
