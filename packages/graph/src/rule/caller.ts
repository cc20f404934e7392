import type { GraphResource } from "../graph.ts";
import { at, aws, list, ofType, records, strings, text } from "../resource.ts";
import { each, type Finding, finding, type Rule } from "./rule.ts";

/*
 * Who may call an HTTP API, and from which web pages.
 */
const jwt = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html";
const cors = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html";
const throttling = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html";
const stageType = "aws:apigatewayv2/stage:Stage";

export const callerRules: Rule[] = [
  {
    name: "apigateway.open-route",
    says: "A route has an authorizer, or is declared public in the configuration of the graph.",
    page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html",
    check: (graph, _provider, { publicRoutes = [] }) =>
      ofType(graph, aws.route).flatMap((route): Finding[] => {
        const key = text(route.inputs.routeKey) ?? "";
        if (!isOpen(route) || publicRoutes.includes(key)) return [];
        return [finding(route, `Anybody may call ${key}. Give it an authorizer, or declare it in publicRoutes.`)];
      }),
  },
  each(aws.route, {
    name: "apigateway.route-scope",
    says: "A route for tokens asks for a scope: an authorizer cannot tell an ID token, which has none, from an access token.",
    page: jwt,
    fault: ({ inputs }) =>
      inputs.authorizationType === "JWT" &&
      list(inputs.authorizationScopes).length === 0 &&
      "authorizationScopes is empty, so every token of the issuer would do. Name the scopes.",
  }),
  each(aws.authorizer, {
    name: "apigateway.audience",
    says: "A JWT authorizer names whom its tokens are for: without an audience those that the issuer made for others would do.",
    page: jwt,
    fault: (authorizer) =>
      isJwt(authorizer) &&
      strings(at(authorizer, "jwtConfiguration.audiences")).filter((audience) => audience !== "").length === 0 &&
      "jwtConfiguration.audiences is empty. Name the audience, or the clients of the issuer.",
  }),
  each(aws.authorizer, {
    name: "apigateway.issuer",
    says: "A JWT authorizer's issuer is a URL that API Gateway can ask for keys, over TLS.",
    page: jwt,
    fault(authorizer) {
      const issuer = text(at(authorizer, "jwtConfiguration.issuer")) ?? "";
      if (!isJwt(authorizer) || (URL.canParse(issuer) && new URL(issuer).protocol === "https:")) return undefined;
      return `jwtConfiguration.issuer is ${JSON.stringify(issuer)}. Give the https URL that tokens have as iss.`;
    },
  }),
  each(aws.api, {
    name: "apigateway.cors-origins",
    says: "A protected stage names the web pages that may call it.",
    page: cors,
    fault: (api, { protect }) =>
      protect &&
      originsOf(api).some((origin) => origin.includes("*")) &&
      "corsConfiguration.allowOrigins has a *, so every web page may call. Name the origins.",
  }),
  each(aws.api, {
    name: "apigateway.cors-authorization",
    says: "An API that asks for a token lets web pages send it: the header must be named, * does not mean it.",
    page: cors,
    fault: (api, graph) => {
      const headers = strings(at(api, "corsConfiguration.allowHeaders")).map((name) => name.toLowerCase());
      const asks = ofType(graph, aws.route).some((route) => route.inputs.apiId === api.outputs.id && !isOpen(route));
      if (!asks || originsOf(api).length === 0 || headers.includes("authorization")) return undefined;
      return "corsConfiguration.allowHeaders lacks authorization: no web page could send a token. Add it.";
    },
  }),
  each(stageType, {
    name: "apigateway.throttle",
    says: "A stage says how many requests a route takes: else one caller can use up what the whole account has.",
    page: throttling,
    fault: (stage) =>
      [at(stage, "defaultRouteSettings"), ...list(stage.inputs.routeSettings)].some((setting) => !isLimited(setting)) &&
      "A setting has no throttlingRateLimit or no throttlingBurstLimit. Set both, in defaultRouteSettings and in each of routeSettings.",
  }),
  each(stageType, {
    name: "apigateway.route-settings",
    says: "What a stage sets for a route is for one that is there already: AWS refuses a setting for any other.",
    page: throttling,
    fault: (stage, graph) =>
      records(stage.inputs.routeSettings).flatMap(({ routeKey }) => {
        const found = ofType(graph, aws.route).find((route) => route.inputs.routeKey === routeKey);
        if (!found) return `routeSettings has ${JSON.stringify(routeKey)}, which is no route. Take it out.`;
        if (stage.options.dependsOn?.includes(found.urn)) return [];
        return `routeSettings has ${JSON.stringify(routeKey)}, but the stage does not wait for that route. Let it depend on it.`;
      }),
  }),
];

const isOpen = ({ inputs }: GraphResource) => (inputs.authorizationType ?? "NONE") === "NONE";
const isJwt = ({ inputs }: GraphResource) => inputs.authorizerType === "JWT";
const originsOf = (api: GraphResource) => strings(at(api, "corsConfiguration.allowOrigins"));

function isLimited(setting: unknown): boolean {
  const [limits] = records([setting]);
  return Number(limits?.throttlingRateLimit) > 0 && Number(limits?.throttlingBurstLimit) > 0;
}
