import type { Graph, GraphResource } from "../graph.ts";
import { wildcard } from "../iam.ts";
import { permissionsOf } from "../reach/access.ts";
import { at, aws, byArn, ofType, strings } from "../resource.ts";
import { each, type Rule } from "./rule.ts";

/*
 * User pools that issue an app's tokens.
 */
const clientPage = "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-client-apps.html";
const attributePage = "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html";
const triggerPage =
  "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html";
const tokenPage =
  "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html";

/** Seconds that Cognito waits for a trigger. */
const triggerSeconds = 5;

export const userPoolRules: Rule[] = [
  each(aws.userPoolClient, {
    name: "cognito.custom-attributes",
    says: "No client may write a custom attribute: who signs in would say of himself what an app takes for granted.",
    page: attributePage,
    fault: ({ inputs }) => {
      const own = strings(inputs.writeAttributes).filter((name) => name.startsWith("custom:"));
      if (own.length > 0) return `writeAttributes has ${own.join(", ")}. Leave that to administrators.`;
      return inputs.writeAttributes === undefined && "writeAttributes is not set, so Cognito chooses. State them.";
    },
  }),
  each(aws.userPoolClient, {
    name: "cognito.client-flows",
    says: "A client asks for itself with a secret, or for a person with a code: never implicitly, never both.",
    page: clientPage,
    fault: ({ inputs }) => {
      const flows = strings(inputs.allowedOauthFlows);
      if (flows.includes("implicit")) return "allowedOauthFlows has implicit: tokens would stand in URLs. Take code.";
      if (!flows.includes("client_credentials")) return undefined;
      if (flows.length > 1)
        return "allowedOauthFlows has client_credentials and others, which Cognito refuses. Make two.";
      return (
        inputs.generateSecret !== true && "client_credentials needs generateSecret: there is nothing to show else."
      );
    },
  }),
  each(aws.userPool, {
    name: "cognito.token-version",
    says: "The trigger that changes access tokens gets the event that has them, from a plan that has that event.",
    page: tokenPage,
    fault: (pool, graph) => {
      const version = at(pool, "lambdaConfig.preTokenGenerationConfig.lambdaVersion");
      if (version === undefined) return undefined;
      if (pool.inputs.userPoolTier === "LITE")
        return "userPoolTier LITE has no access tokens to change. Take ESSENTIALS.";
      const machines = clientsOf(graph, pool).some(({ inputs }) =>
        strings(inputs.allowedOauthFlows).includes("client_credentials"),
      );
      if (!machines || version === "V3_0") return undefined;
      return `lambdaVersion ${String(version)} is not called for clients that ask for themselves. Take V3_0.`;
    },
  }),
  each(aws.userPool, {
    name: "cognito.trigger",
    says: "A trigger of a user pool lets that pool invoke it, and ends within the 5 seconds that Cognito waits.",
    page: triggerPage,
    fault: (pool, graph) =>
      triggersOf(graph, pool).flatMap((fn) => {
        const may = permissionsOf(graph, fn, "cognito-idp.amazonaws.com").some(
          ({ inputs }) =>
            inputs.sourceArn === undefined || wildcard(String(inputs.sourceArn), String(pool.outputs.arn)),
        );
        if (!may) return `${fn.name} does not let the pool invoke it. Give it an aws.lambda.Permission.`;
        const runs = Number(fn.inputs.timeout ?? 3);
        return runs > triggerSeconds
          ? `${fn.name} may run ${runs} seconds, Cognito waits ${triggerSeconds}. Set its timeout to less.`
          : [];
      }),
  }),
  each(aws.userPool, {
    name: "cognito.deletion-protection",
    says: "A protected stage keeps its user pool: the people in it could not sign in again.",
    page: "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-deletion-protection.html",
    fault: ({ inputs }, { protect }) =>
      protect && inputs.deletionProtection !== "ACTIVE" && "deletionProtection is not ACTIVE. Set it.",
  }),
];

const clientsOf = (graph: Graph, pool: GraphResource) =>
  ofType(graph, aws.userPoolClient).filter(({ inputs }) => inputs.userPoolId === pool.outputs.id);

/** The functions of the app that are among a pool's triggers. */
function triggersOf(graph: Graph, { inputs }: GraphResource): GraphResource[] {
  const named = JSON.stringify(inputs.lambdaConfig ?? {}).match(/arn:aws:lambda:[^"]+/g) ?? [];
  return [...new Set(named)].flatMap((arn) => byArn(graph, aws.function, arn) ?? []);
}
