import { type ProblemCode, problemOf } from "@appointments/functions/api/problem/table";
import { type HeaderName, headersOf, ofCaller, ofFunction, ofGateway } from "./header.ts";
import type { Answer, Described, Example } from "./operation/described.ts";
import { sent } from "./parameter.ts";
import type { Schema } from "./schema.ts";

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const phrases: Record<number, string> = {
  400: "The request is not as it should be.",
  401: "The token is missing or not valid.",
  403: "The token has not the scope of the operation.",
  404: "There is no such thing, or not for this caller.",
  405: "The method is not known here.",
  409: "The appointment is in no state for this.",
  412: "The appointment has changed since it was read.",
  413: "The body is too large.",
  415: "The body is of another type, or encoded.",
  422: "The request is read, but cannot be met.",
  429: "Too many requests; try again later.",
  500: "The fault is ours.",
  503: "The service is not available now; try again later.",
};

/** Headers that problems have beside those of every answer of the function. */
const problemHeaders: Partial<Record<ProblemCode, readonly HeaderName[]>> = {
  content_type_unsupported: ["Accept-Encoding", "Accept-Post"],
  insufficient_scope: ["WWW-Authenticate"],
  method_not_allowed: ["Allow"],
  request_in_progress: ["Retry-After"],
  too_many_requests: ["Retry-After"],
  unauthorized: ["WWW-Authenticate"],
  unavailable: ["Retry-After"],
};

/**
 * Statuses that API Gateway answers by itself, with the message it then says. `internal` is what the function says when
 * nothing is wrong with the request; all but these are the function's alone.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
 */
export const ofGatewayAlone: Record<number, { message: string; headers: readonly HeaderName[] }> = {
  401: { message: "Unauthorized", headers: ["WWW-Authenticate"] },
  403: { message: "Forbidden", headers: ["WWW-Authenticate"] },
  413: { message: "Request Entity Too Large", headers: [] },
  429: { message: "Too Many Requests", headers: [] },
  500: { message: "Internal Server Error", headers: [] },
  503: { message: "Service Unavailable", headers: [] },
};

/** Which statuses API Gateway can answer by itself to an operation. */
export const gatewayStatuses = ({ scope, body }: { scope: boolean; body: boolean }): number[] => [
  ...(scope ? [401, 403] : []),
  ...(body ? [413] : []),
  ...[429, 500, 503],
];

interface OfOperation {
  /** Whether the API's function answers, and no other. */
  ofApi: boolean;
  /** Whether it needs a scope, and so has a caller. */
  scope: boolean;
}

/** A response of an operation that did what was asked. */
export function successOf(answer: Answer, examples: [string, Example][], { ofApi, scope }: OfOperation): Schema {
  const { description, content, links } = answer;
  const headers = [...ofGateway, ...(ofApi ? ofFunction : []), ...(scope ? ofCaller : []), ...answer.headers];
  return {
    description,
    headers: headersOf(...headers),
    ...(content && {
      content: Object.fromEntries(
        Object.entries(content).map(([type, schema]) => [
          type,
          { schema: typeof schema === "string" ? ref(schema) : schema, ...examplesOf(examples) },
        ]),
      ),
    }),
    ...(links && { links }),
  };
}

/** A response that refuses or fails: a problem of the function, or a message of API Gateway. */
export function refusalOf(
  status: number,
  codes: readonly ProblemCode[],
  { gateway, scope, examples = [] }: { gateway: boolean; scope: boolean; examples?: [string, Example][] },
): Schema {
  const own = gateway ? ofGatewayAlone[status] : undefined;
  const headers = new Set<HeaderName>([
    ...ofGateway,
    ...(codes.length > 0 ? ([...ofFunction, "Content-Language", "Problem-Vary"] as const) : []),
    ...(codes.length > 0 && scope ? ofCaller : []),
    ...(own?.headers ?? []),
    ...codes.flatMap((code) => problemHeaders[code] ?? []),
  ]);
  return {
    description: phrases[status],
    headers: headersOf(...headers),
    content: {
      ...(codes.length > 0 && {
        "application/problem+json": {
          schema: { allOf: [ref("Problem"), { type: "object", properties: { code: { enum: codes.toSorted() } } }] },
          ...examplesOf(examples),
        },
      }),
      ...(own && { "application/json": { schema: ref("GatewayMessage"), example: { message: own.message } } }),
    },
  };
}

const examplesOf = (examples: [string, Example][]) =>
  examples.length > 0 && {
    examples: Object.fromEntries(
      examples.map(([name, { summary, status, parameters, body, answer }]) => [
        name,
        { summary, value: answer, ...(status >= 400 && { "x-request": { parameters: sent(parameters ?? {}), body } }) },
      ]),
    ),
  };

/** The codes of an operation by status. */
export function codesByStatus(codes: readonly ProblemCode[]): Map<number, ProblemCode[]> {
  const found = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = problemOf(code);
    found.set(status, [...(found.get(status) ?? []), code]);
  }
  return found;
}

/** What can be wrong with any request of this kind. */
export const commonProblems = ({ parameters, body }: Pick<Described, "parameters" | "body">, scope: boolean) => {
  const codes: ProblemCode[] = ["internal", "parameters_invalid"];
  if (scope) codes.push("insufficient_scope", "too_many_requests", "unauthorized", "unavailable");
  if (parameters.includes("insuredId")) codes.push("method_not_allowed", "path_unknown");
  if (body) codes.push("body_not_json", "body_too_large", "content_type_unsupported", "fields_invalid");
  if (body?.required) codes.push("body_missing");
  return codes;
};
