import type { Schema } from "../document/schema.ts";
import { type Direction, type Sides, schemaBreaks } from "./schema.ts";

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  schema: Schema;
}

interface Body {
  required: boolean;
  content: Record<string, { schema: Schema }>;
}

interface Response {
  $ref?: string;
  headers?: Record<string, { $ref: string }>;
  content?: Record<string, { schema: Schema }>;
}

interface Operation {
  operationId: string;
  "x-scope"?: string;
  security: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: Body;
  responses: Record<string, Response>;
}

/** As far as documents are compared. */
export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    headers: Record<string, { schema: Schema; required?: boolean }>;
    responses: Record<string, Response>;
  };
}

/**
 * What breaks a client of the document before that meets the one now: one line each with its place and its reason, none
 * when it can go on as it is.
 *
 * What may be added without a break: operations, what may be left out of a request, members of answers, statuses of errors,
 * codes of problems. Codes are the one enum that may grow: a client acts on those it knows and shows the others.
 */
export function breaksBetween(before: Document, now: Document): string[] {
  const sides = { before: before.components.schemas, now: now.components.schemas };
  const breaks: string[] = [];
  for (const [path, operations] of Object.entries(before.paths)) {
    for (const [method, old] of Object.entries(operations)) {
      const next = now.paths[path]?.[method];
      if (next === undefined) breaks.push(`${old.operationId}: ${method.toUpperCase()} ${path} was removed`);
      else
        breaks.push(...operationBreaks(sides, { before, now }, old, next).map((line) => `${old.operationId}: ${line}`));
    }
  }
  return breaks;
}

interface Documents {
  before: Document;
  now: Document;
}

function operationBreaks(sides: Sides, documents: Documents, old: Operation, next: Operation): string[] {
  return [
    ...(old.operationId === next.operationId
      ? []
      : [`its operationId is ${next.operationId} now: clients call it by that`]),
    ...scopeBreaks(old, next),
    ...parameterBreaks(sides, old.parameters ?? [], next.parameters ?? []),
    ...bodyBreaks(sides, old.requestBody, next.requestBody),
    ...responseBreaks(sides, documents, old.responses, next.responses),
  ];
}

function scopeBreaks(old: Operation, next: Operation): string[] {
  const [before, now] = [old["x-scope"], next["x-scope"]];
  return now === undefined || before === now ? [] : [`needs the scope ${now} now, and needed ${before ?? "none"}`];
}

function parameterBreaks(sides: Sides, old: Parameter[], next: Parameter[]): string[] {
  const same = (one: Parameter) => (other: Parameter) => one.name === other.name && one.in === other.in;
  return [
    ...old.flatMap((parameter) => {
      const found = next.find(same(parameter));
      const at = `the ${parameter.in} parameter ${parameter.name}`;
      if (!found) return [`${at}: was removed`];
      return [
        ...(found.required && !parameter.required ? [`${at}: is required now`] : []),
        ...schemaBreaks(sides, parameter.schema, found.schema, "request", at),
      ];
    }),
    ...next
      .filter((parameter) => parameter.required && !old.some(same(parameter)))
      .map(({ name, in: place }) => `the ${place} parameter ${name}: is new and required`),
  ];
}

function bodyBreaks(sides: Sides, old: Body | undefined, next: Body | undefined): string[] {
  if (old === undefined) return next?.required ? ["a body is required now"] : [];
  if (next === undefined) return ["takes no body any more"];
  return [
    ...(next.required && !old.required ? ["the body is required now"] : []),
    ...contentBreaks(sides, old.content, next.content, "request", "the body"),
  ];
}

function contentBreaks(
  sides: Sides,
  old: Record<string, { schema: Schema }> = {},
  next: Record<string, { schema: Schema }> = {},
  direction: Direction,
  what: string,
): string[] {
  return Object.entries(old).flatMap(([type, { schema }]) => {
    const found = next[type];
    if (!found) return [`${what}: is no ${type} any more`];
    return schemaBreaks(sides, schema, found.schema, direction, what);
  });
}

function responseBreaks(
  sides: Sides,
  { before, now }: Documents,
  old: Operation["responses"],
  next: Operation["responses"],
): string[] {
  const gone = Object.keys(old).filter((status) => next[status] === undefined);
  const successes = Object.keys(next).filter((status) => /^[23]/.test(status) && old[status] === undefined);
  return [
    ...gone.map((status) => `is never answered with ${status} any more`),
    ...successes.map((status) => `can be answered with ${status} now, which no client awaits`),
    ...Object.entries(old).flatMap(([status, response]) => {
      const found = next[status];
      if (!found) return [];
      const [one, other] = [followed(before, response), followed(now, found)];
      const what = `the body of ${status}`;
      return [
        ...headerBreaks(sides, before, now, one, other).map((line) => `${status}: ${line}`),
        // A problem may have a code that is new; all else in it is as it was.
        ...contentBreaks(sides, one.content, other.content, "answer", what).filter((line) => !isNewCode(line, what)),
      ];
    }),
  ];
}

const isNewCode = (line: string, what: string): boolean =>
  line.startsWith(`${what}/code: the value `) && line.endsWith("was added, and no client knows it");

const followed = ({ components }: Document, response: Response): Response =>
  response.$ref === undefined ? response : (components.responses[response.$ref.split("/").at(-1) ?? ""] ?? {});

function headerBreaks(sides: Sides, before: Document, now: Document, old: Response, next: Response): string[] {
  const find = ({ components }: Document, { $ref }: { $ref: string }) =>
    components.headers[$ref.split("/").at(-1) ?? ""] ?? { schema: {} };
  return Object.entries(old.headers ?? {}).flatMap(([name, reference]) => {
    const found = next.headers?.[name];
    const at = `the header ${name}`;
    if (!found) return [`${at}: was removed`];
    const [one, other] = [find(before, reference), find(now, found)];
    return [
      ...(one.required && !other.required ? [`${at}: was always there and may be left out now`] : []),
      ...schemaBreaks(sides, one.schema, other.schema, "answer", at),
    ];
  });
}
