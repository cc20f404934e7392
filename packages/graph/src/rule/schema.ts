import type { GraphResource } from "../graph.ts";
import { isObject } from "../resource.ts";
import type { Properties, Shape } from "./provider.ts";
import { finding, type Rule } from "./rule.ts";

const page = "https://www.pulumi.com/registry/packages/aws/api-docs/";

/**
 * Whatever the provider's schema says of every property at every depth. Pulumi drops an unknown property at the top of a
 * resource without a word; the type checker is what finds those in sst.config.ts, and these rules those in a stored graph.
 */
export const schemaRules: Rule[] = [
  {
    name: "schema.unknown-type",
    says: "Every resource is of a type that the installed provider has.",
    page,
    check: (graph, provider) =>
      graph.resources
        .filter(({ type }) => type.startsWith("aws:") && !provider.propertiesOf(type))
        .map((resource) =>
          finding(resource, `The installed provider has no ${resource.type}. Correct the type, or update sst.`),
        ),
  },
  {
    name: "schema.unknown-property",
    says: "Every property has a name that the provider knows.",
    page,
    check: inEachObject(({ path, of, properties }) =>
      Object.keys(of)
        .filter((name) => isSet(of[name]) && !(name in properties))
        .map((name) => `${path}${name} is no property here${nearest(name, Object.keys(properties))}`),
    ),
  },
  {
    name: "schema.missing-property",
    says: "Every required property is there.",
    page,
    check: inEachObject(({ path, of, properties }) =>
      Object.entries(properties)
        .filter(([name, { required }]) => required && !isSet(of[name]))
        .map(([name, { shape }]) => `${path}${name} is missing: set it to ${named(shape)}.`),
    ),
  },
  {
    name: "schema.wrong-type",
    says: "Every value is of its property's type.",
    page,
    check: inEachObject(({ path, of, properties }) =>
      Object.entries(of).flatMap(([name, value]) => {
        const shape = properties[name]?.shape;
        if (!isSet(value) || !shape || fits(value, shape)) return [];
        return `${path}${name} is ${described(path + name, value)}, but must be ${named(shape)}.`;
      }),
    ),
  },
  {
    name: "graph.cycle",
    says: "No resource waits for itself, through others: a deployment with such a cycle never begins.",
    page: "https://www.pulumi.com/docs/iac/concepts/resources/options/dependson/",
    check: (graph) => {
      const byUrn = new Map(graph.resources.map((resource) => [resource.urn, resource]));
      return cyclesIn(byUrn).flatMap((cycle) => {
        const [first] = cycle;
        const names = [...cycle, first].map((resource) => resource?.name);
        return first ? finding(first, `It waits for itself: ${names.join(" → ")}. Break it at one of them.`) : [];
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

/** An object in a resource's inputs, or these as a whole, and what the provider knows of it. */
interface Known {
  /** What stands before the name of one of its properties: nothing, or `scalingConfig.`. */
  path: string;
  of: Record<string, unknown>;
  properties: Properties;
}

function inEachObject(look: (object: Known) => string[]): Rule["check"] {
  return (graph, provider) =>
    graph.resources.flatMap((resource) => {
      const properties = resource.type.startsWith("aws:") ? provider.propertiesOf(resource.type) : undefined;
      const objects = properties ? [...objectsFrom({ path: "", of: resource.inputs, properties })] : [];
      return objects.flatMap(look).map((message) => finding(resource, message));
    });
}

function* objectsFrom(object: Known): Generator<Known> {
  yield object;
  for (const [name, value] of Object.entries(object.of)) {
    const shape = object.properties[name]?.shape;
    if (isSet(value) && shape)
      for (const inner of objectsIn(value, shape, object.path + name)) yield* objectsFrom(inner);
  }
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The objects of a known kind inside a value. */
function objectsIn(value: unknown, shape: Shape, path: string): Known[] {
  switch (shape.kind) {
    case "object":
      return isObject(value) ? [{ path: `${path}.`, of: value, properties: shape.properties() }] : [];
    case "list":
      return Array.isArray(value) ? value.flatMap((item, index) => objectsIn(item, shape.of, `${path}[${index}]`)) : [];
    case "union": {
      // Meant is the one that knows most of the names.
      const options = shape.of.flatMap((option) => objectsIn(value, option, path));
      const knows = ({ of, properties }: Known) => Object.keys(of).filter((name) => name in properties).length;
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

/** Each way on which a resource waits for itself, once. */
function cyclesIn(byUrn: Map<string, GraphResource>): GraphResource[][] {
  const done = new Set<GraphResource>();
  const visit = (resource: GraphResource, path: GraphResource[]): GraphResource[][] => {
    if (path.includes(resource)) return [path.slice(path.indexOf(resource))];
    if (done.has(resource)) return [];
    const found = (resource.options.dependsOn ?? []).flatMap((urn) => {
      const next = byUrn.get(urn);
      return next ? visit(next, [...path, resource]) : [];
    });
    done.add(resource);
    return found;
  };
  return [...byUrn.values()].flatMap((resource) => visit(resource, []));
}
