import type { Schema } from "../document/schema.ts";

/** As far as the schemas of the documents go. What is compared of a keyword that is not here is whether it changed. */
interface Known extends Schema {
  $ref?: string;
  allOf?: Known[];
  type?: string;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Known>;
  required?: string[];
  items?: Known;
}

/** Who reads what the schema describes: a client sends it, or a client is answered with it. */
export type Direction = "request" | "answer";

export interface Sides {
  /** A schema's own, by its name in `components.schemas`, in the document before and now. */
  before: Record<string, Schema>;
  now: Record<string, Schema>;
}

/** Bounds: whether a larger number lets more through. */
const bounds: Record<string, boolean> = {
  maximum: true,
  exclusiveMaximum: true,
  maxLength: true,
  maxItems: true,
  minimum: false,
  exclusiveMinimum: false,
  minLength: false,
  minItems: false,
};

/**
 * What breaks a client between two schemas: one line each, with the place.
 *
 * A client that sends must be taken with what was taken before: nothing narrower, nothing new that is required. A client
 * that reads must get what it got before: nothing removed, nothing wider. A new value of an enum in an answer breaks too:
 * a client in a typed language has a case for each.
 */
export function schemaBreaks(sides: Sides, before: Schema, now: Schema, direction: Direction, at: string): string[] {
  const [old, next] = [resolved(sides.before, before), resolved(sides.now, now)];
  return [
    ...typeBreaks(old, next, direction, at),
    ...valueBreaks(old, next, direction, at),
    ...boundBreaks(old, next, direction, at),
    ...memberBreaks(sides, old, next, direction, at),
    ...(old.items && next.items ? schemaBreaks(sides, old.items, next.items, direction, `${at}/items`) : []),
  ];
}

/** A schema with its references followed and its parts put together; parts add to members, and narrow their values. */
function resolved(schemas: Record<string, Schema>, schema: Known): Known {
  const { $ref, allOf = [], ...own } = schema;
  const parts = [...($ref === undefined ? [] : [schemas[$ref.split("/").at(-1) ?? ""] ?? {}]), ...allOf];
  return parts.map((part) => resolved(schemas, part)).reduceRight<Known>((whole, part) => joined(part, whole), own);
}

function joined(one: Known, other: Known): Known {
  const properties = { ...one.properties };
  for (const [name, each] of Object.entries(other.properties ?? {}))
    properties[name] = { ...properties[name], ...each };
  return {
    ...one,
    ...other,
    ...(one.properties || other.properties ? { properties } : {}),
    required: [...(one.required ?? []), ...(other.required ?? [])],
  };
}

function typeBreaks({ type: old }: Known, { type: next }: Known, direction: Direction, at: string): string[] {
  if (old === next) return [];
  // Every integer is a number.
  const [narrow, wide] = direction === "request" ? [old, next] : [next, old];
  if (wide === undefined || (narrow === "integer" && wide === "number")) return [];
  return [`${at}: its type was ${old ?? "any"} and is ${next ?? "any"}`];
}

function valueBreaks(old: Known, next: Known, direction: Direction, at: string): string[] {
  const [before, now] = [valuesOf(old), valuesOf(next)];
  if (before === undefined && now === undefined) return [];
  const removed = before?.filter((value) => now !== undefined && !now.includes(value)) ?? [];
  const added = now?.filter((value) => before !== undefined && !before.includes(value)) ?? [];
  const gone = removed.map((value) => `${at}: the value ${JSON.stringify(value)} was removed`);
  if (direction === "request") {
    return before === undefined ? [`${at}: takes only ${JSON.stringify(now)} now, and took anything`] : gone;
  }
  if (now === undefined) return [`${at}: was one of ${JSON.stringify(before)}, and can be anything now`];
  // A value that never comes leaves a client with a case too many; one that waits for it waits for ever.
  return [
    ...gone,
    ...added.map((value) => `${at}: the value ${JSON.stringify(value)} was added, and no client knows it`),
  ];
}

const valuesOf = ({ enum: values, const: only }: Known): unknown[] | undefined =>
  values ?? (only === undefined ? undefined : [only]);

function boundBreaks(old: Known, next: Known, direction: Direction, at: string): string[] {
  const breaks: string[] = [];
  for (const [keyword, isUpper] of Object.entries(bounds)) {
    const [before, now] = [old[keyword] as number | undefined, next[keyword] as number | undefined]; // JSON Schema: numbers
    if (before === now) continue;
    const none = isUpper ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    const isWider = isUpper === (now ?? none) > (before ?? none);
    if (isWider === (direction === "answer"))
      breaks.push(`${at}: ${keyword} was ${before ?? "none"} and is ${now ?? "none"}`);
  }
  for (const keyword of ["pattern", "format"]) {
    const [before, now] = [old[keyword], next[keyword]];
    // One text does not show whether another lets more through, so each change counts; a new promise of an answer does not.
    const isLooser = direction === "request" ? now === undefined : before === undefined;
    if (before !== now && !isLooser)
      breaks.push(`${at}: its ${keyword} was ${before ?? "none"} and is ${now ?? "none"}`);
  }
  return breaks;
}

function memberBreaks(sides: Sides, old: Known, next: Known, direction: Direction, at: string): string[] {
  const { properties: before = {}, required: neededBefore = [] } = old;
  const { properties: now = {}, required: needed = [] } = next;
  const breaks: string[] = [];
  for (const [name, schema] of Object.entries(before)) {
    const member = `${at}/${name}`;
    const same = now[name];
    if (same === undefined) breaks.push(`${member}: was removed`);
    else breaks.push(...schemaBreaks(sides, schema, same, direction, member));
    if (direction === "answer" && same && neededBefore.includes(name) && !needed.includes(name)) {
      breaks.push(`${member}: was always there and may be left out now`);
    }
  }
  if (direction === "answer") return breaks;
  const demanded = new Set(needed.filter((name) => !neededBefore.includes(name)));
  return [...breaks, ...[...demanded].map((name) => `${at}/${name}: is required now`)];
}
