import type { Schema } from "../document/schema.ts";

export interface Operation {
  operationId: string;
  responses: Record<string, Response>;
}

export interface Response {
  headers?: Record<string, { $ref: string }>;
  content?: Record<string, { schema: Schema }>;
}

/** As far as the answers of a document are read. */
export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    headers: Record<string, { schema: Schema; required?: boolean }>;
    responses: Record<string, Response>;
  };
}

/**
 * The operation of a request, or undefined when there is none.
 *
 * @param path - as sent, without the query. API Gateway chooses the route by it, then decodes it, and the function chooses
 * again; an answer is of what the function chose, if it is something
 */
export function operationOf({ paths }: Document, method: string, path: string): Operation | undefined {
  const named = method === "HEAD" ? "get" : method.toLowerCase();
  return find(paths, named, decoded(path)) ?? find(paths, named, path);
}

function find(paths: Document["paths"], method: string, path: string): Operation | undefined {
  const given = path.split("/");
  for (const [template, operations] of Object.entries(paths)) {
    const wanted = template.split("/");
    const fits = wanted.every((segment, at) => segment === given[at] || (segment.startsWith("{") && given[at] !== ""));
    if (fits && wanted.length === given.length && operations[method]) return operations[method];
  }
  return undefined;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path).split("?")[0] ?? "";
  } catch {
    return path;
  }
}
