import type { Graph, GraphResource } from "../graph.ts";
import { ofType } from "../resource.ts";
import type { Provider } from "./provider.ts";

/** One reason for which a deployment would fail, or would succeed and then not work. */
export interface Rule {
  /** `service.what`, as a finding, a test and the documentation name it. */
  name: string;
  /** What must hold, in one sentence. */
  says: string;
  /** Where that is written. */
  page: string;
  check(graph: Graph, provider: Provider, account: Account): Finding[];
}

/** What the graph does not say: of the account that it is deployed to, and of what is meant. */
export interface Account {
  /** Environments of all functions that may run at once; 10, as in a new account, when not given. */
  lambdaConcurrency?: number;
  /** Connections that one environment of a function opens to a database; 10, as a pool of mysql2, when not given. */
  connectionsPerEnvironment?: number;
  /** Functions of which an environment opens another number, by component name. */
  connectionsOf?: Readonly<Record<string, number>>;
  /** Keys of the routes that anybody may call, as `GET /health`; none when not given. */
  publicRoutes?: readonly string[];
}

export interface Finding {
  /** Type and logical name of the resource at fault. */
  resource: string;
  /** What is wrong, with the value, and what to do. */
  message: string;
}

export function finding({ type, name }: Pick<GraphResource, "type" | "name">, message: string): Finding {
  return { resource: `${type} ${name}`, message };
}

interface EachRule extends Omit<Rule, "check"> {
  /** What is wrong with one resource; nothing when it is in order. */
  fault(resource: GraphResource, graph: Graph): string | string[] | false | undefined;
}

/** A rule that looks at the resources of one type, each on its own. */
export function each(type: string, { fault, ...rule }: EachRule): Rule {
  const check = (graph: Graph) =>
    ofType(graph, type).flatMap((resource) =>
      [fault(resource, graph) || []].flat().map((message) => finding(resource, message)),
    );
  return { ...rule, check };
}

/** A finding for each resource but the first of those that have the same key. */
export function repeated<T extends GraphResource>(
  resources: T[],
  key: (resource: T) => unknown,
  message: (first: string) => string,
): Finding[] {
  return [...Map.groupBy(resources, key).values()].flatMap(([first, ...others]) =>
    others.map((other) => finding(other, message(String(first?.name)))),
  );
}
