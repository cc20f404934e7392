import type { Graph, GraphResource } from "../graph.ts";
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

/** What the graph does not say of the account that it is deployed to. */
export interface Account {
  /** Environments of all functions that may run at once; 10, as in a new account, when not given. */
  lambdaConcurrency?: number;
  /** Connections that one environment of a function opens to a database; 10, as a pool of mysql2, when not given. */
  connectionsPerEnvironment?: number;
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

export function ofType(graph: Graph, type: string): GraphResource[] {
  return graph.resources.filter((resource) => resource.type === type);
}

/** A rule that looks at the resources of one type, each on its own. */
export function each(
  type: string,
  rule: Omit<Rule, "check">,
  check: (resource: GraphResource, graph: Graph) => string | undefined,
): Rule {
  return {
    ...rule,
    check: (graph) =>
      ofType(graph, type).flatMap((resource) => {
        const message = check(resource, graph);
        return message === undefined ? [] : [finding(resource, message)];
      }),
  };
}

/** A property of the inputs by its path, `scalingConfig.maximumConcurrency`; `undefined` when it is not set. */
export function at(resource: GraphResource, path: string): unknown {
  let value: unknown = resource.inputs;
  for (const key of path.split(".")) {
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** JSON text as an object; `undefined` for what is none. */
export function json(value: unknown): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = typeof value === "string" ? JSON.parse(value) : value;
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
