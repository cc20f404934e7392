import type { Graph, GraphResource } from "../graph.ts";
import { wildcard } from "../iam.ts";
import { each, ofType, type Rule, text } from "./rule.ts";

const integration = "aws:apigatewayv2/integration:Integration";

export const apiRules: Rule[] = [
  each(
    integration,
    {
      name: "apigateway.permission",
      says: "A function behind an API lets that API invoke it; without that every request is answered 500.",
      page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html",
    },
    (resource, graph) => {
      const fn = functionOf(graph, resource);
      if (!fn) return undefined;
      const api = ofType(graph, "aws:apigatewayv2/api:Api").find(({ outputs }) => outputs.id === resource.inputs.apiId);
      const may = ofType(graph, "aws:lambda/permission:Permission").some(
        ({ inputs }) =>
          inputs.principal === "apigateway.amazonaws.com" &&
          [fn.inputs.name, fn.outputs.arn].includes(inputs.function) &&
          (inputs.sourceArn === undefined || wildcard(String(inputs.sourceArn), `${api?.outputs.executionArn}/*/*`)),
      );
      return may
        ? undefined
        : `${fn.name} does not let ${api?.name ?? "the API"} invoke it. Give it an aws.lambda.Permission.`;
    },
  ),
  each(
    integration,
    {
      name: "apigateway.function-timeout",
      says: "A function behind an API ends within the 30 seconds that the API waits.",
      page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html",
    },
    (resource, graph) => {
      const fn = functionOf(graph, resource);
      const waits = Number(resource.inputs.timeoutMilliseconds ?? 30_000) / 1000;
      const runs = Number(fn?.inputs.timeout ?? 3);
      return fn && runs > waits
        ? `${fn.name} may run ${runs} seconds, the API answers 503 after ${waits}. Set its timeout to less.`
        : undefined;
    },
  ),
  each(
    "aws:apigatewayv2/route:Route",
    {
      name: "apigateway.route-key",
      says: "A route is $default or a method and a path.",
      page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html",
    },
    ({ inputs }) => {
      const key = text(inputs.routeKey) ?? "";
      return key === "$default" || /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ANY) \/\S*$/.test(key)
        ? undefined
        : `routeKey is ${JSON.stringify(key)}; write it as $default or GET /path/{name}.`;
    },
  ),
  each(
    "aws:apigatewayv2/api:Api",
    {
      name: "apigateway.cors",
      says: "An API that allows credentials names the origins: with * browsers and API Gateway refuse it.",
      page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html",
    },
    ({ inputs }) => {
      const cors = inputs.corsConfiguration as { allowCredentials?: boolean; allowOrigins?: string[] } | undefined;
      return cors?.allowCredentials && cors.allowOrigins?.includes("*")
        ? "corsConfiguration allows credentials from every origin. Name the origins."
        : undefined;
    },
  ),
];

function functionOf(graph: Graph, { inputs }: GraphResource): GraphResource | undefined {
  return ofType(graph, "aws:lambda/function:Function").find(({ outputs }) =>
    [outputs.arn, outputs.invokeArn].includes(inputs.integrationUri),
  );
}
