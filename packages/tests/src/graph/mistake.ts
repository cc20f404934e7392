import type { Graph, GraphResource } from "@appointments/graph/graph";
import { only } from "./stage.ts";

/** A copy of a graph with mistakes made in it, resource by resource. */
export function mistaken(graph: Graph, make: (edit: Edit) => void): Graph {
  const copy = structuredClone(graph);
  make(editorOf(copy));
  return copy;
}

export type Edit = ReturnType<typeof editorOf>;

function editorOf(graph: Graph) {
  /** The resource of a logical name. Throws when there is not exactly one: the mistake would not be made. */
  function resource(name: string): GraphResource {
    const found = graph.resources.filter((each) => each.name === name && !each.type.startsWith("sst:"));
    return only(found, `resource ${name}`);
  }
  return {
    graph,
    resource,
    /** Sets an input by its path; `undefined` removes it. */
    set(name: string, path: string, value: unknown): void {
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
    remove(name: string): void {
      const found = resource(name);
      graph.resources = graph.resources.filter((each) => each !== found);
    },
    /** Adds a resource like another, under a name of its own. */
    again(name: string, as: string, change: Record<string, unknown> = {}): GraphResource {
      const { urn, inputs, ...rest } = structuredClone(resource(name));
      const twin = { ...rest, name: as, urn: urn.replace(/[^:]+$/, as), inputs: { ...inputs, ...change } };
      graph.resources.push(twin);
      return twin;
    },
  };
}
