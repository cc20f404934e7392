import type { Graph, GraphResource } from "@appointments/graph/graph";

/** A copy of a graph with mistakes made in it, resource by resource. */
export function mistaken(graph: Graph, make: (edit: Edit) => void): Graph {
  const copy = structuredClone(graph);
  const resource = (name: string): GraphResource => {
    const found = copy.resources.filter((each) => each.name === name && !each.type.startsWith("sst:"));
    const [only] = found;
    if (!only || found.length > 1) throw new Error(`${found.length} resources are named ${name}`);
    return only;
  };
  make({
    graph: copy,
    resource,
    set(name, path, value) {
      const keys = path.split(".");
      const last = keys.pop() ?? "";
      let at: Record<string, unknown> = resource(name).inputs;
      for (const key of keys) {
        at[key] ??= {};
        at = at[key] as Record<string, unknown>;
      }
      if (value === undefined) delete at[last];
      else at[last] = value;
    },
    remove(name) {
      copy.resources = copy.resources.filter((each) => each !== resource(name));
    },
    again(name, as, change = {}) {
      const original = resource(name);
      const twin = structuredClone(original);
      twin.name = as;
      twin.urn = original.urn.replace(/[^:]+$/, as);
      Object.assign(twin.inputs, change);
      copy.resources.push(twin);
      return twin;
    },
  });
  return copy;
}

export interface Edit {
  graph: Graph;
  /** The resource of a logical name. Throws when there is not exactly one: the mistake would not be made. */
  resource(name: string): GraphResource;
  /** Sets an input by its path; `undefined` removes it. */
  set(name: string, path: string, value: unknown): void;
  remove(name: string): void;
  /** Adds a resource like another, under a name of its own. */
  again(name: string, as: string, change?: Record<string, unknown>): GraphResource;
}
