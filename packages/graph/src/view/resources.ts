import type { GraphResource } from "../graph.ts";
import { record } from "../resource.ts";

/** The resources of one evaluation, and how to look into them. */
export interface Resources {
  all: GraphResource[];
  of(type: string): GraphResource[];
}

export function indexed(all: GraphResource[]): Resources {
  const byType = Map.groupBy(all, (resource) => resource.type);
  return { all, of: (type) => byType.get(type) ?? [] };
}

/** What a property came to: as asked for, else as AWS would answer. */
export function value(resource: GraphResource, key: string): unknown {
  return resource.inputs[key] ?? resource.outputs[key];
}

/** @throws Error when the property is no text: the resource is then not what the view takes it for. */
export function text(resource: GraphResource, key: string): string {
  const found = value(resource, key);
  if (typeof found === "string") return found;
  throw new Error(`${resource.type} ${resource.name} has no ${key}.`);
}

export function optionalText(of: Record<string, unknown>, key: string): string | undefined {
  const found = of[key];
  return typeof found === "string" ? found : undefined;
}

export function number(resource: GraphResource, key: string, otherwise: number): number {
  const found = value(resource, key);
  return typeof found === "number" ? found : otherwise;
}

/** Policies, patterns and filters travel as JSON texts. */
export function parsed(json: unknown): Record<string, unknown> | undefined {
  return typeof json === "string" && json !== "" ? record(JSON.parse(json)) : undefined;
}

/**
 * The name in sst.config.ts: that of the SST component a resource is the core of, else its own.
 *
 * @param component the component's type, e.g. `sst:aws:Queue`
 */
export function componentName(resource: GraphResource, component: string): string {
  return resource.parent && resource.urn.includes(`${component}$${resource.type}::`) ? resource.parent : resource.name;
}

/** What each resource of a type comes to, by name; those that come to nothing are left out. */
export function viewsOf<T extends { name: string }>(
  resources: Resources,
  type: string,
  view: (resource: GraphResource) => T | T[],
): T[] {
  return byName(resources.of(type).flatMap(view));
}

export function byName<T extends { name: string }>(items: T[]): T[] {
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}
