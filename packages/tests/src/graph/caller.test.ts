import config from "@appointments/app/graph";
import { operations, scopes } from "@appointments/functions/api/operation";
import type { Graph, GraphResource } from "@appointments/graph/graph";
import { beforeAll, describe, expect, test } from "vitest";
import { graphOf, ofType, only, some } from "./stage.ts";

const graphs: { kind: string; graph: Graph }[] = [];
beforeAll(async () => {
  for (const { kind, stage, dev, env } of config.stages)
    graphs.push({ kind, graph: await graphOf(stage, { dev, env }) });
});
const apiOf = (graph: Graph) => only(graph.apis, "API");

test("every kind of stage has a route for each operation and for nothing else, and asks for its scope or an operator's", () => {
  const expected = Object.values(operations).map((operation) => {
    const scope = "scope" in operation ? operation.scope : undefined;
    return [`${operation.method} ${operation.path}`, scope && [scope, scopes.admin]];
  });
  for (const { kind, graph } of some(graphs)) {
    const found = apiOf(graph).routes.map(({ routeKey, authorizer }) => [
      routeKey,
      authorizer?.type === "JWT" ? authorizer.scopes : authorizer,
    ]);
    expect(Object.fromEntries(found), kind).toEqual(Object.fromEntries(expected));
  }
});

test("tokens are those of the stage's own user pool, for its own clients, or of the issuer that is given", () => {
  for (const { kind, graph } of some(graphs)) {
    const [pool] = graph.userPools;
    const authorizers = apiOf(graph).routes.flatMap(({ authorizer }) => (authorizer?.type === "JWT" ? authorizer : []));
    for (const { issuer, audiences, identitySource } of some(authorizers)) {
      expect(identitySource, kind).toBe("$request.header.Authorization");
      if (pool)
        expect([issuer, [...audiences].sort()], kind).toEqual([pool.issuer, pool.clients.map(({ id }) => id).sort()]);
      else expect([issuer, audiences], kind).toEqual(["https://login.example.com/", ["appointments"]]);
    }
    expect(pool === undefined, kind).toBe(kind === "production-given");
    expect(
      graph.functions.some(({ name }) => name === "tokenClaims"),
      kind,
    ).toBe(pool !== undefined);
  }
});

test("each route has a limit of its own, and what is public a low one", () => {
  for (const { kind, graph } of some(graphs)) {
    const stage = only(ofType(graph, "aws:apigatewayv2/stage:Stage"), "stage");
    const settings = stage.inputs.routeSettings as { routeKey: string; throttlingRateLimit: number }[];
    const limits = new Map(settings.map(({ routeKey, throttlingRateLimit }) => [routeKey, throttlingRateLimit]));
    for (const { routeKey, authorizer } of some(apiOf(graph).routes)) {
      expect(limits.get(routeKey) ?? 0, `${kind} ${routeKey}`).toBeGreaterThan(0);
      if (!authorizer) expect(limits.get(routeKey), `${kind} ${routeKey}`).toBeLessThanOrEqual(50);
    }
  }
});

describe("the user pool of production", () => {
  const pool = () => {
    const { graph } = graphs.find(({ kind }) => kind === "production") ?? expect.unreachable("no production");
    const client = (name: string): GraphResource["inputs"] =>
      only(
        ofType(graph, "aws:cognito/userPoolClient:UserPoolClient").filter((each) => each.name === name),
        name,
      ).inputs;
    return { ...only(ofType(graph, "aws:cognito/userPool:UserPool"), "pool"), client };
  };

  test("has nobody in it whom no administrator put there, and who is insured as whom never changes", () => {
    const { inputs } = pool();
    expect(inputs.adminCreateUserConfig).toEqual({ allowAdminCreateUserOnly: true });
    expect(inputs.schemas).toMatchObject([{ name: "insuredId", mutable: false }]);
  });

  test("gives patients no secret, no rights of an operator, and no say in who they are", () => {
    const patient = pool().client("PatientClient");
    expect(patient).toMatchObject({ generateSecret: false, allowedOauthFlows: ["code"], writeAttributes: ["email"] });
    expect(patient.allowedOauthScopes).toEqual(["openid", "appointments/read", "appointments/write"]);
  });

  test("gives partners their countries, and operators everything, for a secret", () => {
    const { client } = pool();
    const machine = { generateSecret: true, allowedOauthFlows: ["client_credentials"] };
    expect(client("PartnerClient")).toMatchObject({
      ...machine,
      allowedOauthScopes: [
        "appointments/read",
        "appointments/write",
        "appointments/country.PE",
        "appointments/country.CL",
      ],
    });
    expect(client("OperatorClient")).toMatchObject({ ...machine, allowedOauthScopes: ["appointments/admin"] });
  });
});

test.each([
  ["SST_SECRET_TOKEN_ISSUER", "Nobody is named whose tokens the API takes"],
  ["SST_SECRET_CORS_ORIGINS", "No web page is named that may call the API"],
])("production is refused without %s", async (name, message) => {
  await expect(graphOf("production", { env: { [name]: undefined } })).rejects.toThrow(message);
});
