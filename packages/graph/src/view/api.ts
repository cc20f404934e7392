import type { GraphApi, GraphResource } from "../graph.ts";
import { functionArn } from "./function.ts";
import { byName, componentName, type Resources, record, text } from "./resources.ts";

/** HTTP APIs and their routes to functions; routes to anything else are left out. */
export function apis(resources: Resources): GraphApi[] {
  return byName(
    resources.of("aws:apigatewayv2/api:Api").map((api) => {
      const cors = record(api.inputs.corsConfiguration);
      return {
        name: componentName(api, "sst:aws:ApiGatewayV2"),
        apiName: text(api, "name"),
        ...(Object.keys(cors).length > 0 ? { cors } : {}),
        routes: resources
          .of("aws:apigatewayv2/route:Route")
          .filter((route) => route.inputs.apiId === api.outputs.id)
          .flatMap((route) => routeOf(resources, route))
          .sort((a, b) => (a.routeKey < b.routeKey ? -1 : 1)),
      };
    }),
  );
}

function routeOf(resources: Resources, route: GraphResource): GraphApi["routes"] {
  const id = text(route, "target").split("/").at(-1);
  const integration = resources.of("aws:apigatewayv2/integration:Integration").find(({ outputs }) => outputs.id === id);
  if (integration?.inputs.integrationType !== "AWS_PROXY") return [];
  return [
    { routeKey: text(route, "routeKey"), functionArn: functionArn(resources, integration.inputs.integrationUri) },
  ];
}
