import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Schema } from "@appointments/contract/document/schema";
import { root } from "../repository.ts";

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  schema: Schema;
  examples?: Record<string, { value: string | number }>;
}

interface ResponseExample {
  value: unknown;
  /** What is sent for it, where it is refused: parameters by name. */
  "x-request"?: { parameters?: Record<string, string | number>; body?: unknown };
}

export interface Operation {
  operationId: string;
  method: string;
  path: string;
  "x-scope"?: string;
  parameters?: Parameter[];
  requestBody?: {
    required: boolean;
    content: { "application/json": { schema: Schema; examples: Record<string, { value: unknown }> } };
  };
  responses: Record<string, { content?: Record<string, { examples?: Record<string, ResponseExample> }> }>;
}

interface Document {
  paths: Record<string, Record<string, Omit<Operation, "method" | "path">>>;
  components: { schemas: Record<string, Schema> };
}

const document = JSON.parse(readFileSync(join(root, "docs/openapi.json"), "utf8")) as Document; // made by us, and linted

export const { schemas } = document.components;

/** Every operation of the committed document. */
export const operations: Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
);

/** One request and its answer, as the document has them under one name. */
export interface Example {
  operation: Operation;
  name: string;
  status: number;
  contentType: string | undefined;
  answer: unknown;
  /** By the name as it is sent. */
  parameters: Record<string, string | number>;
  /** Those that the example itself names. */
  own: readonly string[];
  body: unknown;
}

/** Every example of an answer, with the request that it is the answer to. */
export const examples: Example[] = operations.flatMap((operation) =>
  Object.entries(operation.responses).flatMap(([status, { content = {} }]) =>
    Object.entries(content).flatMap(([contentType, { examples = {} }]) =>
      Object.entries(examples).map(([name, example]) =>
        exampleOf(operation, name, Number(status), contentType, example),
      ),
    ),
  ),
);

function exampleOf(
  operation: Operation,
  name: string,
  status: number,
  contentType: string,
  { value, "x-request": request }: ResponseExample,
): Example {
  const { parameters = [], requestBody } = operation;
  const bodies = requestBody?.content["application/json"].examples ?? {};
  const [first] = Object.values(bodies);
  const sent: Example["parameters"] = {};
  const own: string[] = [];
  for (const { name: as, required, examples = {} } of parameters) {
    const asked = request?.parameters?.[as] ?? examples[name]?.value;
    if (asked !== undefined) own.push(as);
    const given = asked ?? (required ? Object.values(examples)[0]?.value : undefined);
    if (given !== undefined) sent[as] = given;
  }
  const body = request ? request.body : bodies[name]?.value;
  return {
    ...{ operation, name, status, contentType, answer: value, parameters: sent, own },
    body: body ?? (requestBody?.required ? first?.value : undefined),
  };
}
