import type { Graph, GraphResource } from "../graph.ts";
import type { Properties, Provider, Shape } from "./provider.ts";
import { type Finding, finding, type Rule } from "./rule.ts";

const page = "https://www.pulumi.com/registry/packages/aws/api-docs/";

/**
 * Whatever the provider's schema says of every property at every depth. Pulumi drops an unknown property at the top of a
 * resource without a word; the type checker is what finds those in sst.config.ts, and this rule those in a stored graph.
 */
export const schemaRules: Rule[] = [
  {
    name: "schema.unknown-type",
    says: "Every resource is of a type that the installed provider has.",
    page,
    check: (graph, provider) =>
      awsResources(graph).flatMap((resource) =>
        provider.propertiesOf(resource.type)
          ? []
          : [finding(resource, `The installed provider has no ${resource.type}. Correct the type, or update sst.`)],
      ),
  },
  {
    name: "schema.unknown-property",
    says: "Every property has a name that the provider knows.",
    page,
    check: (graph, provider) =>
      walked(graph, provider, ({ resource, path, name, properties }) =>
        name in properties
          ? undefined
          : finding(resource, `${path} is no property here${nearest(name, Object.keys(properties))}`),
      ),
  },
  {
    name: "schema.missing-property",
    says: "Every required property is there.",
    page,
    check: (graph, provider) =>
      awsResources(graph).flatMap((resource) => missing(resource, provider.propertiesOf(resource.type) ?? {})),
  },
  {
    name: "schema.wrong-type",
    says: "Every value is of its property's type.",
    page,
    check: (graph, provider) =>
      walked(graph, provider, ({ resource, path, name, value, properties }) => {
        const shape = properties[name]?.shape;
        if (!shape || fits(value, shape)) return undefined;
        return finding(resource, `${path} is ${described(path, value)}, but must be ${named(shape)}.`);
      }),
  },
];

interface Place {
  resource: GraphResource;
  path: string;
  name: string;
  value: unknown;
  properties: Properties;
}

function awsResources(graph: Graph): GraphResource[] {
  return graph.resources.filter(({ type }) => type.startsWith("aws:"));
}

function walked(graph: Graph, provider: Provider, look: (place: Place) => Finding | undefined): Finding[] {
  return awsResources(graph).flatMap((resource) => {
    const properties = provider.propertiesOf(resource.type);
    return properties ? [...places(resource, "", resource.inputs, properties)].flatMap((it) => look(it) ?? []) : [];
  });
}

function* places(resource: GraphResource, above: string, of: object, properties: Properties): Generator<Place> {
  for (const [name, value] of Object.entries(of)) {
    if (value === undefined || value === null) continue;
    const path = above ? `${above}.${name}` : name;
    yield { resource, path, name, value, properties };
    const shape = properties[name]?.shape;
    if (shape) for (const inner of objectsIn(value, shape, path)) yield* places(resource, inner.path, ...inner.of);
  }
}

function missing(resource: GraphResource, properties: Properties): Finding[] {
  const found: Finding[] = [];
  const visit = (above: string, of: object, known: Properties) => {
    for (const [name, { required, shape }] of Object.entries(known)) {
      const path = above ? `${above}.${name}` : name;
      const value = (of as Record<string, unknown>)[name];
      if (value !== undefined && value !== null) {
        for (const inner of objectsIn(value, shape, path)) visit(inner.path, ...inner.of);
      } else if (required) found.push(finding(resource, `${path} is missing: set it to ${named(shape)}.`));
    }
  };
  visit("", resource.inputs, properties);
  return found;
}

/** The objects of a known kind inside a value. */
function objectsIn(value: unknown, shape: Shape, path: string): { path: string; of: [object, Properties] }[] {
  switch (shape.kind) {
    case "object":
      return isObject(value) ? [{ path, of: [value, shape.properties()] }] : [];
    case "list":
      return Array.isArray(value) ? value.flatMap((item, index) => objectsIn(item, shape.of, `${path}[${index}]`)) : [];
    case "union": {
      // Meant is the one that knows most of the names.
      const options = shape.of.flatMap((option) => objectsIn(value, option, path));
      const knows = ({ of: [object, properties] }: (typeof options)[number]) =>
        Object.keys(object).filter((name) => name in properties).length;
      return options.toSorted((a, b) => knows(b) - knows(a)).slice(0, 1);
    }
    default:
      return [];
  }
}

/** As the provider reads it: a number or a truth value may come as text, and the other way round. */
function fits(value: unknown, shape: Shape): boolean {
  switch (shape.kind) {
    case "any":
      return true;
    case "string":
      return ["string", "number", "boolean"].includes(typeof value);
    case "number":
      return typeof value === "number" || (typeof value === "string" && value !== "" && Number.isFinite(Number(value)));
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false";
    case "list":
      // What is inside an object of a list is looked at in its own place.
      return Array.isArray(value) && value.every((item) => fits(item, shape.of));
    case "map":
      return isObject(value) && Object.values(value).every((item) => fits(item, shape.of));
    case "object":
      return isObject(value);
    case "union":
      return shape.of.some((option) => fits(value, option));
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function named(shape: Shape): string {
  switch (shape.kind) {
    case "list":
      return `a list, of ${named(shape.of)} each`;
    case "map":
      return `a map to ${named(shape.of)}`;
    case "object":
      return `an object with ${Object.keys(shape.properties()).slice(0, 6).join(", ")}`;
    case "union":
      return shape.of.map(named).join(" or ");
    case "any":
      return "a value";
    default:
      return shape.kind === "string" ? "text" : `a ${shape.kind}`;
  }
}

function described(path: string, value: unknown): string {
  if (/password|secret|token/i.test(path)) return "something else (not shown)";
  if (Array.isArray(value)) return "a list";
  return isObject(value) ? "an object" : JSON.stringify(value);
}

function nearest(name: string, known: string[]): string {
  const letters = (word: string) => new Set(word.toLowerCase());
  const shared = (word: string) => [...letters(word)].filter((letter) => letters(name).has(letter)).length;
  const likeness = (word: string) => shared(word) / Math.max(letters(word).size, letters(name).size);
  const [best] = known.toSorted((a, b) => likeness(b) - likeness(a));
  return best && likeness(best) > 0.7 ? `; did you mean ${best}?` : `; known are ${known.slice(0, 8).join(", ")} …`;
}

export const orderRules: Rule[] = [
  {
    name: "graph.cycle",
    says: "No resource waits for itself, through others: a deployment with such a cycle never begins.",
    page: "https://www.pulumi.com/docs/iac/concepts/resources/options/dependson/",
    check: (graph) => {
      const byUrn = new Map(graph.resources.map((resource) => [resource.urn, resource]));
      const state = new Map<string, "open" | "done">();
      const path: string[] = [];
      const cycles: string[][] = [];
      const visit = (urn: string) => {
        if (state.get(urn) === "done" || !byUrn.has(urn)) return;
        if (state.get(urn) === "open") {
          cycles.push(path.slice(path.indexOf(urn)));
          return;
        }
        state.set(urn, "open");
        path.push(urn);
        for (const next of byUrn.get(urn)?.options.dependsOn ?? []) visit(next);
        path.pop();
        state.set(urn, "done");
      };
      for (const urn of byUrn.keys()) visit(urn);
      return cycles.flatMap((cycle) => {
        const first = byUrn.get(cycle[0] ?? "");
        const names = [...cycle, cycle[0] ?? ""].map((urn) => byUrn.get(urn)?.name);
        return first ? [finding(first, `It waits for itself: ${names.join(" → ")}. Break it at one of them.`)] : [];
      });
    },
  },
  {
    name: "graph.dangling",
    says: "What a resource waits for is there.",
    page: "https://www.pulumi.com/docs/iac/concepts/resources/options/dependson/",
    check: (graph) => {
      const urns = new Set(graph.resources.map(({ urn }) => urn));
      return graph.resources.flatMap((resource) =>
        (resource.options.dependsOn ?? [])
          // Providers and the stack are none of the app's resources.
          .filter((urn) => !urns.has(urn) && !/::pulumi:(providers:|pulumi:Stack)/.test(urn))
          .map((urn) => finding(resource, `It waits for ${urn}, which is not there.`)),
      );
    },
  },
];
