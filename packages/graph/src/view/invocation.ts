import type { GraphInvocation, GraphResource } from "../graph.ts";
import { functionArn } from "./function.ts";
import { type Resources, record } from "./resources.ts";

/** Functions that a deployment invokes, each after those it depends on, else by name. */
export function invocations(resources: Resources): GraphInvocation[] {
  const all = resources.of("aws:lambda/invocation:Invocation").toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const byUrn = new Map(resources.all.map((resource) => [resource.urn, resource]));
  const ordered: GraphResource[] = [];
  const seen = new Set<string>();
  function visit(resource: GraphResource): void {
    if (seen.has(resource.urn)) return;
    seen.add(resource.urn);
    for (const urn of resource.options.dependsOn ?? []) {
      const before = byUrn.get(urn);
      if (before) visit(before);
    }
    if (all.includes(resource)) ordered.push(resource);
  }
  all.forEach(visit);
  return ordered.map(({ name, inputs }) => ({
    name,
    functionArn: functionArn(resources, inputs.functionName),
    input: typeof inputs.input === "string" ? JSON.parse(inputs.input) : {},
    triggers: record(inputs.triggers),
  }));
}
