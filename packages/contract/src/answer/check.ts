import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Schema } from "../document/schema.ts";
import { closed } from "./closed.ts";
import { type Document, type Operation, operationOf, type Response } from "./match.ts";

/** A request, as far as it decides what may be answered, and its answer. */
export interface Exchange {
  method: string;
  /** As sent, without the query. */
  path: string;
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface CheckOptions {
  /** Whether API Gateway, or what stands for it, is in front of the function; true unless told. */
  gateway?: boolean;
}

/** What HTTP itself, and CORS, add to an answer. */
const transport = /^(access-control-.*|connection|content-length|content-type|date|keep-alive|transfer-encoding)$/;

/** Statuses of what is no request of HTTP, is too large, or has no route. */
const beforeRouting = [400, 404, 413, 417, 431];

/**
 * Checks answers against a document: status, headers and body. What the check returns is at fault, one line each; none
 * when the document says just that.
 */
export function answerChecker(document: Document, { gateway = true }: CheckOptions = {}) {
  const validate = validatorOf(document);
  return (exchange: Exchange): string[] => {
    const { method, path, status } = exchange;
    if (method === "OPTIONS" && status === 204) return [];
    const operation = operationOf(document, method, path);
    const response = responseOf(document, operation, exchange);
    const what = `${method} ${operation?.operationId ?? "no operation"} ${status}`;
    if (response === undefined) return [`${what}: the document has no such status`];
    const faults = [
      ...headerFaults(document, validate, response, exchange, gateway),
      ...bodyFaults(validate, response, exchange),
    ];
    return faults.map((fault) => `${what}: ${fault}`);
  };
}

function responseOf({ components }: Document, operation: Operation | undefined, { status, headers }: Exchange) {
  const documented = operation?.responses[status];
  const isGateways = beforeRouting.includes(status) && headers["content-type"] === "application/json";
  return isGateways && !documented?.content?.["application/json"] ? components.responses.BeforeRouting : documented;
}

type Validate = (schema: Schema) => ValidateFunction;

function validatorOf({ components }: Document): Validate {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const absolute = (schema: Schema) => JSON.stringify(schema).replaceAll('"#/components/schemas/', '"schema:');
  for (const [name, schema] of Object.entries(components.schemas)) {
    for (const each of [
      { $id: `schema:${name}`, ...schema },
      { $id: `schema:${name}.closed`, ...closed(schema) },
    ])
      ajv.addSchema(JSON.parse(absolute(each)));
  }
  const made = new Map<string, ValidateFunction>();
  return (schema) => {
    const text = absolute(schema);
    const validate = made.get(text) ?? ajv.compile(JSON.parse(text));
    made.set(text, validate);
    return validate;
  };
}

function headerFaults(
  { components }: Document,
  validate: Validate,
  response: Response,
  { headers, status }: Exchange,
  gateway: boolean,
): string[] {
  const documented = new Map(
    Object.entries(response.headers ?? {}).map(([name, { $ref }]) => [name.toLowerCase(), $ref]),
  );
  const faults = Object.keys(headers)
    .filter((name) => !transport.test(name) && !documented.has(name))
    .map((name) => `the header ${name} is not in the document`);
  for (const [name, $ref] of documented) {
    const { schema, required } = components.headers[$ref.split("/").at(-1) ?? ""] ?? { schema: {} };
    const value = headers[name];
    if (value === undefined) {
      if (required && (gateway || name !== "apigw-requestid")) faults.push(`the header ${name} is missing`);
      continue;
    }
    const check = validate(schema);
    if (!check(value)) faults.push(`the header ${name}: ${told(check)} (of ${status})`);
  }
  return faults;
}

function bodyFaults(validate: Validate, { content = {} }: Response, { method, headers, body }: Exchange): string[] {
  if (method === "HEAD") return [];
  const types = Object.keys(content);
  if (types.length === 0) return body === "" ? [] : ["has a body, and the document has none"];
  const type = headers["content-type"] ?? "";
  const schema = content[type]?.schema;
  if (schema === undefined) return [`has the content type ${type}, and the document has ${types.join(", ")}`];
  if (!/json$/.test(type)) return [];
  const check = validate(closed(schema));
  return check(JSON.parse(body)) ? [] : [`the body: ${told(check)}`];
}

const told = ({ errors }: ValidateFunction): string =>
  (errors ?? [])
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join("; ");
