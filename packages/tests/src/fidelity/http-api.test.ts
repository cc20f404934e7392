import { once } from "node:events";
import { request } from "node:http";
import type { GraphApi, GraphAuthorizer } from "@appointments/graph/graph";
import { type Api, startApi } from "@appointments/local/http/api";
import type { HttpEvent } from "@appointments/local/http/event";
import type { LocalFunction } from "@appointments/local/lambda/function";
import { afterAll, beforeAll, expect } from "vitest";
import { behaviour, targetName } from "./behaviour.ts";
import { type Functions, functionsOfTest } from "./functions.ts";
import { type Issuer, startIssuer } from "./issuer.ts";
import { documented, type Row } from "./row.ts";

/** Answers with its event, or with what the request asks for. */
const echo = `
  export const handler = async (event) => {
    const answer = event.headers["x-answer"];
    if (answer === undefined) return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(event) };
    if (answer === "throw") throw new Error("broken");
    if (answer === "wait") return new Promise((resolve) => setTimeout(resolve, 60_000));
    if (answer === "long") return { statusCode: 200, body: "x".repeat(7 * 1024 * 1024) };
    return JSON.parse(answer);
  };
`;

let functions: Functions;
let issuer: Issuer;
let fn: LocalFunction;
let invocations = 0;
const apis: Api[] = [];
let url: string;

beforeAll(async () => {
  if (targetName !== "embedded") return;
  functions = await functionsOfTest();
  issuer = await startIssuer();
  fn = await functions.create(echo, { name: "echo" });
  url = await api(["$default", "GET /exact/{id}", "ANY /any", "GET /any", "POST /greedy/{rest+}"]);
});
afterAll(async () => {
  await Promise.all(apis.map((one) => one.stop(0)));
  await issuer?.stop();
  await functions?.remove();
});

async function api(
  routeKeys: string[],
  more: { cors?: Record<string, unknown>; authorizer?: GraphAuthorizer; timeoutMs?: number } = {},
): Promise<string> {
  const { cors, authorizer, timeoutMs } = more;
  const routes: GraphApi["routes"] = routeKeys.map((routeKey) => ({
    routeKey,
    functionArn: fn.arn,
    ...(authorizer && { authorizer }),
  }));
  const started = await startApi({
    api: { name: "Api", apiName: "fidelity-Api", routes, ...(cors && { cors }) },
    invoke: () => (event) => {
      invocations++;
      return fn.invoke(event);
    },
    port: 0,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  apis.push(started);
  return started.url;
}

const eventOf = async (response: Response) => (await response.json()) as HttpEvent;
const send = (path: string, init: RequestInit = {}) => fetch(`${url}${path}`, init);
const answering = (answer: unknown, base = url) =>
  fetch(base, { headers: { "x-answer": typeof answer === "string" ? answer : JSON.stringify(answer) } });

/** An answer that is API Gateway's own. */
async function expectGateway(response: Response, status: number, message: string) {
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual({ message });
}

const guide = "https://docs.aws.amazon.com/apigateway/latest/developerguide";
const lambda = `${guide}/http-api-develop-integrations-lambda.html`;
const row = (id: string, says: string, docs: string, evidence?: Row["evidence"]): Row => ({
  id: `http.${id}`,
  area: "API Gateway",
  says,
  docs,
  evidence: evidence ?? documented,
  // Elsewhere there is no function behind an API that would answer with its event.
  targets: ["embedded"],
});
const measured = (source: string, date: string): Row["evidence"] => ({ kind: "recording", source, date });

behaviour(
  row("event.shape", "A function gets the event of payload format 2.0, with these fields and no others.", lambda),
  async () => {
    const headers = { "Content-Type": "application/json", "User-Agent": "test/1", Cookie: "a=1; b=2" };
    const response = await send("/greedy/c/d?q=1&q=2&r=%2Fx", { method: "POST", headers, body: '{"é":1}' });
    const event = await eventOf(response);
    const address = new URL(url);
    expect(event).toEqual({
      version: "2.0",
      routeKey: "POST /greedy/{rest+}",
      rawPath: "/greedy/c/d",
      rawQueryString: "q=1&q=2&r=%2Fx",
      cookies: ["a=1", "b=2"],
      headers: expect.objectContaining({
        "content-type": "application/json",
        "content-length": "8",
        host: address.host,
        "user-agent": "test/1",
        "x-amzn-trace-id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": address.port,
        "x-forwarded-proto": "http",
      }),
      queryStringParameters: { q: "1,2", r: "/x" },
      requestContext: {
        accountId: "123456789012",
        apiId: expect.stringMatching(/^[0-9a-z]{10}$/),
        domainName: address.host,
        domainPrefix: "127",
        http: { method: "POST", path: "/greedy/c/d", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "test/1" },
        requestId: response.headers.get("apigw-requestid"),
        routeKey: "POST /greedy/{rest+}",
        stage: "$default",
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      pathParameters: { rest: "c/d" },
      body: '{"é":1}',
      isBase64Encoded: false,
    });
  },
);

behaviour(
  row("event.absent", "What a request does not have is absent from the event, not null or empty.", lambda),
  async () => {
    const event = await eventOf(await send("/"));
    const optional = ["cookies", "queryStringParameters", "pathParameters", "body", "stageVariables"];
    expect(Object.keys(event).filter((name) => optional.includes(name))).toEqual([]);
    expect(event).toMatchObject({ rawPath: "/", rawQueryString: "", isBase64Encoded: false });
    expect(event.requestContext).not.toHaveProperty("authorizer");
  },
);

behaviour(
  row("event.headers", "Header names are in lower case; what comes several times is joined by commas.", lambda),
  async () => {
    const sent = request(url, { headers: { "X-Two": ["one", "two"], "X-UPPER": "As It Is" } }).end();
    const [response] = await once(sent, "response");
    let body = "";
    for await (const chunk of response) body += chunk;
    const { headers } = JSON.parse(body) as HttpEvent;
    expect(headers).toMatchObject({ "x-two": "one,two", "x-upper": "As It Is" });
    expect(Object.keys(headers).filter((name) => name !== name.toLowerCase())).toEqual([]);
  },
);

behaviour(row("event.cookies", "Cookies are a list of their own and no header.", lambda), async () => {
  const event = await eventOf(await send("/", { headers: { cookie: "a=1; b=x=y" } }));
  expect(event.cookies).toEqual(["a=1", "b=x=y"]);
  expect(event.headers).not.toHaveProperty("cookie");
});

const decoding = measured("middleapi/standard-server pull 93, from captures in hotsock/voker pull 8", "2026-09-15");

behaviour(
  row("event.path", "rawPath and path parameters are percent-decoded, whatever the name says.", lambda, decoding),
  async () => {
    const event = await eventOf(await send("/exact/a%20b%C3%A9"));
    expect(event).toMatchObject({ rawPath: "/exact/a bé", pathParameters: { id: "a bé" } });
    expect(event.requestContext.http.path).toBe("/exact/a bé");
  },
);

behaviour(
  row(
    "event.query",
    "rawQueryString is as sent; queryStringParameters are decoded, the values of one name joined by commas.",
    lambda,
    measured("aws/aws-lambda-dotnet pull 1901", "2024-12-12"),
  ),
  async () => {
    const event = await eventOf(await send("/?a=1%202&b=x&a=%2F&empty="));
    expect(event.rawQueryString).toBe("a=1%202&b=x&a=%2F&empty=");
    expect(event.queryStringParameters).toEqual({ a: "1 2,/", b: "x", empty: "" });
  },
);

behaviour(row("event.stage", "The stage $default is in no path.", `${guide}/http-api-stages.html`), async () => {
  const event = await eventOf(await send("/any"));
  expect(event.rawPath).toBe("/any");
  expect(event.requestContext.stage).toBe("$default");
});

behaviour(
  row(
    "event.base64",
    "A body is text for text/* and for JSON, JavaScript and XML by those very names; anything else is base64.",
    lambda,
    measured("ministackorg/ministack pull 766", "2026-06-01"),
  ),
  async () => {
    const body = async (type: string) => {
      const init = { method: "POST", headers: { "content-type": type }, body: Buffer.from("abc") };
      const { body, isBase64Encoded } = await eventOf(await send("/", init));
      return [body, isBase64Encoded];
    };
    const text = ["application/json; charset=utf-8", "text/csv", "application/xml", "application/javascript"];
    const binary = ["application/problem+json", "application/x-www-form-urlencoded", "image/png", ""];
    for (const type of text) expect([type, ...(await body(type))]).toEqual([type, "abc", false]);
    for (const type of binary) expect([type, ...(await body(type))]).toEqual([type, "YWJj", true]);
  },
);

const routes = `${guide}/http-api-develop-routes.html`;

behaviour(row("route.none", "A request that no route takes is answered 404 and invokes nothing.", routes), async () => {
  const base = await api(["GET /a"]);
  const before = invocations;
  await expectGateway(await fetch(`${base}/b`), 404, "Not Found");
  await expectGateway(await fetch(`${base}/a`, { method: "POST" }), 404, "Not Found");
  expect(invocations).toBe(before);
});

behaviour(
  row(
    "route.best",
    "A full match goes before a greedy one, that before $default, and a named method before ANY.",
    routes,
  ),
  async () => {
    const route = async (method: string, path: string) => (await eventOf(await send(path, { method }))).routeKey;
    expect(await route("GET", "/any")).toBe("GET /any");
    expect(await route("DELETE", "/any")).toBe("ANY /any");
    expect(await route("POST", "/greedy/a/b")).toBe("POST /greedy/{rest+}");
    expect(await route("POST", "/exact/1")).toBe("$default");
  },
);

const quotas = `${guide}/http-api-quotas.html`;

behaviour(row("body.limit", "A body over 10 MB is answered 413 and invokes nothing.", quotas), async () => {
  const before = invocations;
  const init = {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: Buffer.alloc(10 * 1024 * 1024 + 1, 97),
  };
  await expectGateway(await send("/", init), 413, "Request Entity Too Large");
  expect(invocations).toBe(before);
});

behaviour({
  ...row(
    "body.lambda",
    "A body of 6 to 10 MB passes the API, but not the function's own limit on events.",
    "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
  ),
  unchecked: "What a client is then answered is documented nowhere; here it is 413. This API takes no more than 16 KB.",
});

behaviour({
  ...row("headers.limit", "Request line and headers together may have 10,240 bytes.", quotas),
  unchecked: "What comes over it is answered 431 here; what AWS answers is documented nowhere.",
});

behaviour(
  row(
    "timeout",
    "A function that takes longer than the integration's timeout, 30 s at most, is answered with 503.",
    quotas,
  ),
  async () => {
    const base = await api(["$default"], { timeoutMs: 300 });
    await expectGateway(await answering("wait", base), 503, "Service Unavailable");
  },
);

behaviour({
  ...row("throttle", "Requests over a stage's rate and burst are answered 429.", `${guide}/http-api-throttling.html`),
  unchecked: "The local API does not throttle: its load comes from one machine.",
});

behaviour(
  row("response.structured", "An object with a statusCode is the response: status, headers, body.", lambda),
  async () => {
    const response = await answering({
      statusCode: 201,
      headers: { "X-A": 1, "content-type": "text/x" },
      body: "made",
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("x-a")).toBe("1");
    expect(response.headers.get("content-type")).toBe("text/x");
    expect(await response.text()).toBe("made");
  },
);

behaviour(
  row("response.inferred", "JSON without a statusCode is the body of a 200, as application/json.", lambda),
  async () => {
    const response = await answering({ message: "Hello" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual({ message: "Hello" });
    expect(await (await answering('"Hello"')).text()).toBe("Hello");
  },
);

behaviour(row("response.cookies", "Each cookie of a response becomes a set-cookie header.", lambda), async () => {
  const response = await answering({ statusCode: 200, cookies: ["a=1; Path=/", "b=2"] });
  expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2"]);
});

behaviour(row("response.base64", "A body that is said to be base64 goes out as bytes.", lambda), async () => {
  const bytes = Buffer.from([0, 1, 254, 255]);
  const answer = { statusCode: 200, body: bytes.toString("base64"), isBase64Encoded: true };
  expect(Buffer.from(await (await answering(answer)).arrayBuffer())).toEqual(bytes);
});

behaviour(
  row(
    "response.malformed",
    "A malformed response and a function that throws are answered 500, without a word of why.",
    `${guide}/http-api-troubleshooting-lambda.html`,
  ),
  async () => {
    await expectGateway(await answering({ statusCode: "abc" }), 500, "Internal Server Error");
    await expectGateway(await answering({ statusCode: 200, body: { not: "text" } }), 500, "Internal Server Error");
    await expectGateway(await answering("throw"), 500, "Internal Server Error");
    await expectGateway(await answering("long"), 500, "Internal Server Error");
  },
);

const corsPage = `${guide}/http-api-cors.html`;
const cors = {
  allowOrigins: ["https://*.example.com"],
  allowMethods: ["GET", "POST"],
  allowHeaders: ["content-type"],
  exposeHeaders: ["x-shown"],
  allowCredentials: true,
  maxAge: 60,
};
const origin = "https://a.example.com";
const preflight = (base: string, from = origin) =>
  fetch(base, { method: "OPTIONS", headers: { origin: from, "access-control-request-method": "POST" } });

behaviour(row("cors.preflight", "An API with CORS answers a preflight itself.", corsPage), async () => {
  const base = await api(["$default"], { cors });
  const before = invocations;
  const response = await preflight(base);
  expect(response.status).toBe(204);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET,POST",
    "access-control-allow-headers": "content-type",
    "access-control-allow-credentials": "true",
    "access-control-max-age": "60",
  });
  expect((await preflight(base, `${origin}.evil.org`)).headers.has("access-control-allow-origin")).toBe(false);
  expect(invocations).toBe(before);
});

behaviour(row("cors.response", "The API's CORS headers take the place of the function's.", corsPage), async () => {
  const base = await api(["$default"], { cors });
  const headers = { "access-control-allow-origin": "*", "access-control-allow-methods": "DELETE" };
  const ask = (from: string) =>
    fetch(base, { headers: { origin: from, "x-answer": JSON.stringify({ statusCode: 200, headers }) } });
  const allowed = (await ask(origin)).headers;
  expect(allowed.get("access-control-allow-origin")).toBe(origin);
  expect(allowed.get("access-control-expose-headers")).toBe("x-shown");
  expect(allowed.has("access-control-allow-methods")).toBe(false);
  expect((await ask("https://other.org")).headers.has("access-control-allow-origin")).toBe(false);
});

const jwtPage = `${guide}/http-api-jwt-authorizer.html`;
const claimsOnAws = measured("floci-io/floci pull 2011, captures of an HTTP API with Cognito", "2026-08-05");
const jwt = (scopes: string[] = []): GraphAuthorizer => ({
  type: "JWT",
  issuer: issuer.url,
  audiences: ["clinic", "partner"],
  identitySource: "$request.header.Authorization",
  scopes,
});
const withToken = (base: string, token: string) => fetch(base, { headers: { authorization: `Bearer ${token}` } });

behaviour(
  row("cors.authorizer", "A preflight for $default needs the token that $default needs.", corsPage),
  async () => {
    const base = await api(["$default"], { cors, authorizer: jwt() });
    await expectGateway(await preflight(base), 401, "Unauthorized");
    const open = await api(["POST /a"], { cors, authorizer: jwt() });
    expect((await preflight(`${open}/a`)).status).toBe(204);
  },
);

behaviour(
  row(
    "jwt.claims",
    "A function gets the claims of a good token as text: lists as [a b], no nulls; scopes are null where none are asked for.",
    jwtPage,
    claimsOnAws,
  ),
  async () => {
    const base = await api(["$default"], { authorizer: jwt() });
    const claims = {
      exp: 4_000_000_000,
      iat: 1_700_000_000,
      groups: ["admin", "staff"],
      verified: true,
      none: null,
      address: { city: "Lima" },
    };
    const event = await eventOf(await withToken(base, issuer.token(claims)));
    expect(event.requestContext.authorizer).toEqual({
      jwt: {
        claims: {
          iss: issuer.url,
          aud: "clinic",
          sub: "user-1",
          exp: "4000000000",
          iat: "1700000000",
          groups: "[admin staff]",
          verified: "true",
          address: '{"city":"Lima"}',
        },
        scopes: null,
      },
    });
  },
);

behaviour(row("jwt.bearer", "The token may stand alone or behind Bearer.", jwtPage), async () => {
  const base = await api(["$default"], { authorizer: jwt() });
  expect((await fetch(base, { headers: { authorization: issuer.token() } })).status).toBe(200);
  expect((await withToken(base, issuer.token())).status).toBe(200);
});

behaviour(row("jwt.none", "A request without a token is answered 401 and invokes nothing.", jwtPage), async () => {
  const base = await api(["$default"], { authorizer: jwt() });
  const before = invocations;
  const response = await fetch(base);
  expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
  await expectGateway(response, 401, "Unauthorized");
  expect(invocations).toBe(before);
});

behaviour(
  row(
    "jwt.audience",
    "A token for another audience is answered 401, and www-authenticate says why; client_id counts when there is no aud.",
    `${guide}/http-api-troubleshooting-jwt.html`,
  ),
  async () => {
    const base = await api(["$default"], { authorizer: jwt() });
    const refused = await withToken(base, issuer.token({ aud: "other", client_id: "clinic" }));
    expect(refused.headers.get("www-authenticate")).toBe(
      'Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"',
    );
    await expectGateway(refused, 401, "Unauthorized");
    expect((await withToken(base, issuer.token({ aud: undefined, client_id: "partner" }))).status).toBe(200);
    expect((await withToken(base, issuer.token({ aud: ["other", "partner"] }))).status).toBe(200);
  },
);

behaviour(
  row(
    "jwt.invalid",
    "A token of another issuer, expired, not yet valid, unsigned, changed or no token at all is answered 401.",
    jwtPage,
  ),
  async () => {
    const base = await api(["$default"], { authorizer: jwt() });
    const before = invocations;
    const now = Math.floor(Date.now() / 1000);
    const [header, , signature] = issuer.token().split(".");
    const forged = Buffer.from(JSON.stringify({ iss: issuer.url, aud: "clinic", sub: "admin", exp: now + 600 }));
    const bad = {
      issuer: issuer.token({ iss: "https://issuer.example.com" }),
      expired: issuer.token({ exp: now - 1 }),
      "never expires": issuer.token({ exp: undefined }),
      "not before": issuer.token({ nbf: now + 600 }),
      "issued later": issuer.token({ iat: now + 600 }),
      "unknown key": issuer.token({}, { kid: "other" }),
      unsigned: `${issuer.token({}, { alg: "none" }).split(".").slice(0, 2).join(".")}.`,
      "symmetric key": issuer.token({}, { alg: "HS256" }),
      changed: [header, forged.toString("base64url"), signature].join("."),
      nonsense: "nonsense",
    };
    for (const [why, token] of Object.entries(bad)) {
      const response = await withToken(base, token);
      expect([why, response.status, await response.json()]).toEqual([why, 401, { message: "Unauthorized" }]);
    }
    expect(invocations).toBe(before);
  },
);

behaviour(
  row(
    "jwt.scopes",
    "A token needs one of the route's scopes, in scope or scp, else it is answered 403; the function sees the token's scopes.",
    jwtPage,
    claimsOnAws,
  ),
  async () => {
    const base = await api(["$default"], { authorizer: jwt(["read", "write"]) });
    await expectGateway(await withToken(base, issuer.token()), 403, "Forbidden");
    await expectGateway(await withToken(base, issuer.token({ scope: "reader" })), 403, "Forbidden");
    const event = await eventOf(await withToken(base, issuer.token({ scope: "openid write" })));
    expect(event.requestContext.authorizer?.jwt.scopes).toEqual(["openid", "write"]);
    expect((await withToken(base, issuer.token({ scp: ["read"] }))).status).toBe(200);
  },
);

behaviour(
  row("jwt.keys", "The issuer's keys are read from its jwks_uri and kept for two hours.", jwtPage),
  async () => {
    const base = await api(["$default"], { authorizer: jwt() });
    const before = issuer.asked();
    for (let i = 0; i < 3; i++) expect((await withToken(base, issuer.token())).status).toBe(200);
    expect(issuer.asked()).toBe(before + 1);
  },
);
