import type { GraphApi, GraphAuthorizer, GraphResource } from "../graph.ts";
import { functionArn } from "./function.ts";
import { byName, componentName, optionalText, type Resources, record, strings, text } from "./resources.ts";

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
  const authorizer = authorizerOf(resources, route);
  return [
    {
      routeKey: text(route, "routeKey"),
      functionArn: functionArn(resources, integration.inputs.integrationUri),
      ...(authorizer ? { authorizer } : {}),
    },
  ];
}

function authorizerOf(resources: Resources, { name, inputs }: GraphResource): GraphAuthorizer | undefined {
  const type = optionalText(inputs, "authorizationType") ?? "NONE";
  if (type === "NONE") return undefined;
  if (type === "AWS_IAM" || type === "CUSTOM") return { type };
  const authorizer = resources
    .of("aws:apigatewayv2/authorizer:Authorizer")
    .find(({ outputs }) => outputs.id === inputs.authorizerId);
  if (type !== "JWT" || authorizer === undefined) throw new Error(`Route ${name} has no authorizer of type ${type}.`);
  const jwt = record(authorizer.inputs.jwtConfiguration);
  return {
    type,
    issuer: String(jwt.issuer),
    audiences: strings(jwt.audiences),
    identitySource: strings(authorizer.inputs.identitySources)[0] ?? "",
    scopes: strings(inputs.authorizationScopes),
  };
}
