import { documentOperations, type OperationId, operations, type Scope } from "@appointments/functions/api/operation";
import { componentHeaders, headersOf, ofGateway } from "./header.ts";
import { info } from "./info.ts";
import { bookAppointment } from "./operation/book.ts";
import { cancelAppointment, rescheduleAppointment } from "./operation/change.ts";
import type { Described, Example } from "./operation/described.ts";
import { getAppointment, getAppointmentHistory, listAppointments } from "./operation/read.ts";
import { getDocument, getHealth, readDocs } from "./operation/service.ts";
import { parametersOf } from "./parameter.ts";
import { codesByStatus, commonProblems, gatewayStatuses, refusalOf, successOf } from "./response.ts";
import { componentSchemas, type Schema } from "./schema.ts";
import { tags } from "./tag.ts";

/** An operation of the API that is not here does not compile. */
const described: Record<OperationId, Described> = {
  bookAppointment,
  listAppointments,
  getAppointment,
  getAppointmentHistory,
  cancelAppointment,
  rescheduleAppointment,
  getHealth,
  getDocument,
  readDocs,
};

/** The OpenAPI 3.1 document of the API. Source: https://spec.openapis.org/oas/v3.1.1.html */
export function makeDocument() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const id of Object.keys(described) as OperationId[]) {
    const { method, path } = operations[id];
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(id) };
  }
  return {
    openapi: "3.1.1",
    info,
    servers: [{ url: "/", description: "Where this document is served." }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: componentSchemas(),
      headers: componentHeaders(),
      responses: {
        BeforeRouting: {
          description:
            "API Gateway answers what is no request of HTTP, is too large, or has no route, before it is any operation's: " +
            "400, 404, 413, 417, 431.",
          headers: headersOf(...ofGateway),
          content: { "application/json": { schema: { $ref: "#/components/schemas/GatewayMessage" } } },
        },
      },
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description:
            "An access token of the issuer that the stage trusts, with the scope that the operation names (`x-scope`), or " +
            "`appointments:admin`. On a laptop: `npm run token`.",
        },
      },
    },
  };
}

function operationOf(id: OperationId): Schema {
  const { scope }: { method: string; scope?: Scope } = operations[id];
  const { tag, summary, description, parameters, body, examples } = described[id];
  const named = Object.entries(examples);
  // A request that is refused can be outside the schemas, so it stands with its answer.
  const good = named.filter(([, { status }]) => status < 400);
  const sent = good.flatMap(([name, { summary, body }]) =>
    body === undefined ? [] : [[name, { summary, value: body }]],
  );
  const given = Object.fromEntries(good.map(([name, each]) => [name, each.parameters ?? {}]));
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: scope ? `${description}\n\nScope: \`${scope}\`.` : description,
    // The scope would stand in the list, as OpenAPI 3.1 allows for any scheme, if tools knew that.
    security: scope ? [{ token: [] }] : [],
    ...(scope && { "x-scope": scope }),
    ...(parameters.length > 0 && { parameters: parametersOf(parameters, given) }),
    ...(body && {
      requestBody: {
        required: body.required,
        content: {
          "application/json": {
            schema: { $ref: `#/components/schemas/${body.schema}` },
            examples: Object.fromEntries(sent),
          },
        },
      },
    }),
    responses: responsesOf(id, scope !== undefined, named),
  };
}

function responsesOf(id: OperationId, scope: boolean, examples: [string, Example][]): Record<string, Schema> {
  const { answers, body, problems } = described[id];
  const ofApi = !documentOperations.includes(id);
  const codes = codesByStatus(ofApi ? [...commonProblems(described[id], scope), ...problems] : problems);
  const gateway = gatewayStatuses({ scope, body: body !== undefined });
  const examplesAt = (wanted: number) => examples.filter(([, { status }]) => status === wanted);
  const refusals = [...new Set([...codes.keys(), ...gateway])].sort().map((status) => {
    const options = { gateway: gateway.includes(status), scope, examples: examplesAt(status) };
    return [status, refusalOf(status, codes.get(status) ?? [], options)];
  });
  return {
    ...Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [
        status,
        successOf(answer, examplesAt(Number(status)), { ofApi, scope }),
      ]),
    ),
    ...Object.fromEntries(refusals),
    default: { $ref: "#/components/responses/BeforeRouting" },
  };
}
