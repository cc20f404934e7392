import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { InvokeResult } from "../lambda/invoke.ts";
import { sendRaw } from "../testing/raw.ts";
import { type Api, startApi } from "./api.ts";
import type { HttpEvent } from "./event.ts";
import { contextOf } from "./jwt.ts";

const arn = "arn:aws:lambda:us-east-1:123456789012:function:app-local-f";
const running: Api[] = [];
let events: HttpEvent[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((api) => api.stop()));
  events = [];
});

const ok = (payload: unknown): InvokeResult => ({ ok: true, payload, requestId: "r", durationMs: 1 });
const failed = (kind: "Unhandled" | "Timeout" | "Throttled" | "TooLarge"): InvokeResult => {
  return { ok: false, kind, errorType: "E", errorMessage: "m", requestId: "r", durationMs: 1 };
};

/** An API with these routes, whose function answers `result`. */
async function api(
  result: InvokeResult | Promise<InvokeResult> = ok({ statusCode: 200 }),
  {
    routes = ["$default"],
    cors,
    timeoutMs,
  }: { routes?: string[]; cors?: Record<string, unknown>; timeoutMs?: number } = {},
) {
  const started = await startApi({
    api: {
      name: "Api",
      apiName: "app-local-Api",
      routes: routes.map((routeKey) => ({ routeKey, functionArn: arn })),
      ...(cors && { cors }),
    },
    invoke: () => (event) => {
      // The API makes these events and nobody else does.
      events.push(event as HttpEvent);
      return Promise.resolve(result);
    },
    port: 0,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  running.push(started);
  return started.url;
}

test("an event has the shape of payload format 2.0", async () => {
  const url = await api(ok({ statusCode: 200 }), { routes: ["POST /pets/{id}/{rest+}"] });
  const headers = new Headers({ "Content-Type": "application/json", "User-Agent": "test/1", Cookie: "a=1; b=2" });
  await fetch(`${url}/pets/a%20b/c/d?q=1&q=2&r=%2Fx`, { method: "POST", headers, body: '{"é":1}' });
  const [event] = events;
  expect(event).toEqual({
    version: "2.0",
    routeKey: "POST /pets/{id}/{rest+}",
    rawPath: "/pets/a b/c/d",
    rawQueryString: "q=1&q=2&r=%2Fx",
    cookies: ["a=1", "b=2"],
    headers: expect.objectContaining({
      "content-type": "application/json",
      "content-length": "8",
      host: new URL(url).host,
      "user-agent": "test/1",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-port": new URL(url).port,
      "x-amzn-trace-id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    }),
    queryStringParameters: { q: "1,2", r: "/x" },
    requestContext: {
      accountId: "123456789012",
      apiId: expect.stringMatching(/^\w{10}$/),
      domainName: new URL(url).host,
      domainPrefix: "127",
      http: { method: "POST", path: "/pets/a b/c/d", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "test/1" },
      requestId: expect.stringMatching(/^[\w+/]{15}=$/),
      routeKey: "POST /pets/{id}/{rest+}",
      stage: "$default",
      time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      timeEpoch: expect.any(Number),
    },
    pathParameters: { id: "a b", rest: "c/d" },
    body: '{"é":1}',
    isBase64Encoded: false,
  });
  expect(event?.headers).not.toHaveProperty("cookie");
});

test("headers that come several times are joined by commas", async () => {
  const url = await api();
  // fetch would join them itself.
  const sent = request(url, { headers: { "X-Two": ["one", "two"] } }).end();
  const [response] = await once(sent, "response");
  response.resume();
  expect(events[0]?.headers["x-two"]).toBe("one,two");
});

test("a request with nothing in it has no optional fields", async () => {
  await fetch(await api());
  expect(Object.keys(events[0] ?? {}).sort()).toEqual([
    "headers",
    "isBase64Encoded",
    "rawPath",
    "rawQueryString",
    "requestContext",
    "routeKey",
    "version",
  ]);
  expect(events[0]).toMatchObject({ rawPath: "/", rawQueryString: "", isBase64Encoded: false });
});

test.each([
  ["application/json; charset=utf-8", false],
  ["text/csv", false],
  ["application/xml", false],
  ["application/problem+json", true],
  ["application/x-www-form-urlencoded", true],
  ["image/png", true],
  ["", true],
])("a body of type %j is base64: %s", async (type, base64) => {
  await fetch(await api(), { method: "POST", headers: { "content-type": type }, body: Buffer.from("abc") });
  expect(events[0]).toMatchObject({ body: base64 ? "YWJj" : "abc", isBase64Encoded: base64 });
});

test("an object with a status code is the response", async () => {
  const body = Buffer.from([0, 255]).toString("base64");
  const headers = { "X-A": 1, "content-type": "image/x" };
  const url = await api(ok({ statusCode: 201, headers, cookies: ["a=1; Path=/", "b=2"], body, isBase64Encoded: true }));
  const response = await fetch(url);
  expect(response.status).toBe(201);
  expect(response.headers.get("x-a")).toBe("1");
  expect(response.headers.get("content-type")).toBe("image/x");
  expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2"]);
  expect(response.headers.get("apigw-requestid")).toBe(events[0]?.requestContext.requestId);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0, 255]));
});

test("a response with no type is plain text", async () => {
  const response = await fetch(await api(ok({ statusCode: "200", body: "hi" })));
  expect(response.headers.get("content-type")).toBe("text/plain;charset=utf-8");
});

test.each([
  [{ hello: "world" }, '{"hello":"world"}'],
  ["hello", "hello"],
  [["a", 3], '["a",3]'],
  [3, "3"],
  [null, "null"],
])("the answer %j with no status code is the body of a 200", async (payload, text) => {
  const response = await fetch(await api(ok(payload)));
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.text()).toBe(text);
});

test.each([
  [{ statusCode: "abc" }],
  [{ statusCode: 99 }],
  [{ statusCode: 200, body: { not: "text" } }],
  [{ statusCode: 200, headers: { a: { b: 1 } } }],
  [{ statusCode: 200, headers: "x" }],
  [{ statusCode: 200, cookies: "a=1" }],
  [{ statusCode: 200, headers: { "bad header": "x" } }],
  [{ statusCode: 200, headers: { a: "line\nbreak" } }],
])("the malformed response %j is a 500", async (payload) => {
  await expectGateway(await fetch(await api(ok(payload))), 500, "Internal Server Error");
});

test.each([
  ["Unhandled", 500, "Internal Server Error"],
  ["Timeout", 500, "Internal Server Error"],
  ["Throttled", 503, "Service Unavailable"],
  ["TooLarge", 413, "Request Entity Too Large"],
] as const)("a function that fails with %s is a %i", async (kind, status, message) => {
  await expectGateway(await fetch(await api(failed(kind))), status, message);
});

test("a path without a route is a 404 and invokes nothing", async () => {
  const url = await api(ok({}), { routes: ["GET /a"] });
  await expectGateway(await fetch(`${url}/b`), 404, "Not Found");
  await expectGateway(await fetch(`${url}/a`, { method: "POST" }), 404, "Not Found");
  expect(events).toEqual([]);
});

test("a function that takes too long is a 503", async () => {
  const never = new Promise<InvokeResult>(() => {});
  await expectGateway(await fetch(await api(never, { timeoutMs: 50 })), 503, "Service Unavailable");
});

test("a body over 10 MB is a 413 and invokes nothing", async () => {
  const url = await api();
  const headers = { "content-type": "text/plain" };
  const post = (bytes: number) => fetch(url, { method: "POST", headers, body: Buffer.alloc(bytes, 97) });
  await expectGateway(await post(10 * 1024 * 1024 + 1), 413, "Request Entity Too Large");
  expect(events).toEqual([]);
  expect((await post(10 * 1024 * 1024)).status).toBe(200);
});

const get = (target: string, ...headers: string[]) => [`GET ${target} HTTP/1.1`, ...headers, "", ""].join("\r\n");
const close = "connection: close";

describe("what is no proper request is refused as API Gateway would, and invokes nothing", () => {
  test.each([
    [
      "headers over 10 KB",
      get("/", "host: a", `x-long: ${"x".repeat(10_300)}`),
      431,
      "Request Header Fields Too Large",
    ],
    ["an unknown expectation", get("/", "host: a", close, "expect: x"), 417, "Expectation Failed"],
    ["an absolute URL", get("http://b/health", "host: b", close), 400, "Bad Request"],
    ["the server itself", "OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", 400, "Bad Request"],
    ["a Host that is none", get("/", "host: x/health?", close), 400, "Bad Request"],
    ["a Host with another in it", get("/", "host: a@b", close), 400, "Bad Request"],
    ["no Host", get("/", close), 400, "Bad Request"],
    ["two Hosts", get("/", "host: a", "host: a", close), 400, "Bad Request"],
    ["a header without a colon", get("/", "host: a", "no header"), 400, "Bad Request"],
    ["no HTTP", "hello\r\n\r\n", 400, "Bad Request"],
    ["two lengths", get("/", "host: a", "content-length: 1", "content-length: 2"), 400, "Bad Request"],
    ["a tunnel", "CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n", 405, "Method Not Allowed"],
  ])("%s", async (_what, text, status, message) => {
    const { text: body, ...answer } = await sendRaw(await api(), text);
    const response = new Response(body, answer);
    expect(response.headers.get("apigw-requestid")).toMatch(/^[\w+/]{15}=$/);
    await expectGateway(response, status, message);
    expect(events).toEqual([]);
  });

  test.each(["a", "a.b:1", "my_host", "[::1]:3000"])("while a Host of %s is well", async (host) => {
    expect((await sendRaw(await api(), get("/", `host: ${host}`, close))).status).toBe(200);
  });

  test("TRACE is for the function to refuse", async () => {
    const url = await api(ok({ statusCode: 405 }));
    expect((await sendRaw(url, get("/", "host: a", close).replace("GET", "TRACE"))).status).toBe(405);
    expect(events).toMatchObject([{ requestContext: { http: { method: "TRACE" } } }]);
  });
});

test("HEAD has no body and says how long it would be", async () => {
  const response = await fetch(await api(ok({ statusCode: 200, body: "four" })), { method: "HEAD" });
  expect(response.headers.get("content-length")).toBe("4");
  expect(await response.text()).toBe("");
});

const cors = {
  allowOrigins: ["https://*.example.com"],
  allowMethods: ["GET", "POST"],
  allowHeaders: ["content-type"],
  exposeHeaders: ["x-shown"],
  allowCredentials: true,
  maxAge: 60,
};
const asks = { "access-control-request-method": "POST" };

test("the gateway answers a preflight itself", async () => {
  const url = await api(ok({}), { cors });
  const origin = "https://a.example.com";
  const response = await fetch(url, { method: "OPTIONS", headers: { origin, ...asks } });
  expect(response.status).toBe(204);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET,POST",
    "access-control-allow-headers": "content-type",
    "access-control-allow-credentials": "true",
    "access-control-max-age": "60",
  });
  expect(events).toEqual([]);
});

test("a preflight needs no token on a route that asks for one", async () => {
  const authorizer = {
    type: "JWT" as const,
    issuer: "http://127.0.0.1:1",
    audiences: ["a"],
    identitySource: "",
    scopes: [],
  };
  const started = await startApi({
    api: { name: "Api", apiName: "a", cors, routes: [{ routeKey: "POST /mine", functionArn: arn, authorizer }] },
    invoke: () => async () => ok({}),
    port: 0,
  });
  running.push(started);
  const headers = { origin: "https://a.example.com", ...asks };
  const response = await fetch(`${started.url}/mine`, { method: "OPTIONS", headers });
  expect(response.status).toBe(204);
  expect(response.headers.get("access-control-allow-origin")).toBe("https://a.example.com");
  expect((await fetch(`${started.url}/mine`, { method: "POST", headers })).status).toBe(401);
});

test("a preflight from an origin that is not allowed gets no CORS headers", async () => {
  const url = await api(ok({}), { cors });
  const headers = { origin: "https://a.example.com.evil.org", ...asks };
  const response = await fetch(url, { method: "OPTIONS", headers });
  expect(response.headers.has("access-control-allow-origin")).toBe(false);
});

test("a route for OPTIONS is the function's business", async () => {
  const url = await api(ok({ statusCode: 299 }), { cors, routes: ["OPTIONS /"] });
  const headers = { origin: "https://a.example.com", ...asks };
  expect((await fetch(url, { method: "OPTIONS", headers })).status).toBe(299);
});

test("the gateway's CORS headers replace the function's", async () => {
  const headers = { "access-control-allow-origin": "*", "access-control-allow-methods": "DELETE" };
  const url = await api(ok({ statusCode: 200, headers }), { cors });
  const allowed = await fetch(url, { headers: { origin: "https://a.example.com" } });
  expect(allowed.headers.get("access-control-allow-origin")).toBe("https://a.example.com");
  expect(allowed.headers.get("access-control-expose-headers")).toBe("x-shown");
  expect(allowed.headers.has("access-control-allow-methods")).toBe(false);
  const other = await fetch(url, { headers: { origin: "https://other.org" } });
  expect(other.headers.has("access-control-allow-origin")).toBe(false);
});

test("a taken port is named in the error, with the way out", async () => {
  const port = Number(new URL(await api()).port);
  const second = startApi({ api: { name: "Api", apiName: "a", routes: [] }, invoke: () => async () => ok({}), port });
  await expect(second).rejects.toMatchObject({
    code: "EADDRINUSE",
    message: expect.stringMatching(new RegExp(`${port}.*--port.*PORT`)),
  });
});

test("a start that is open asks nobody for a token, and the function is told who everybody is", async () => {
  const authorizer = {
    type: "JWT" as const,
    issuer: "http://127.0.0.1:1",
    audiences: ["a"],
    identitySource: "",
    scopes: ["s"],
  };
  const routes = [
    { routeKey: "GET /mine", functionArn: arn, authorizer },
    { routeKey: "GET /all", functionArn: arn },
  ];
  const anybody = contextOf({ sub: "everybody", scope: "s t" });
  const started = await startApi({
    api: { name: "Api", apiName: "a", routes },
    invoke: () => async (event) => {
      events.push(event as HttpEvent);
      return ok({});
    },
    port: 0,
    anybody,
  });
  running.push(started);
  expect((await fetch(`${started.url}/mine`)).status).toBe(200);
  expect((await fetch(`${started.url}/all`)).status).toBe(200);
  const [mine, all] = events.map(({ requestContext }) => requestContext.authorizer);
  expect(mine).toEqual({ jwt: { claims: { sub: "everybody", scope: "s t" }, scopes: ["s", "t"] } });
  expect(all).toBeUndefined();
});

test("a route whose authorizer does not run here is refused: it would let everybody in", async () => {
  const routes = [{ routeKey: "GET /mine", functionArn: arn, authorizer: { type: "AWS_IAM" as const } }];
  const started = startApi({ api: { name: "Api", apiName: "a", routes }, invoke: () => async () => ok({}), port: 0 });
  await expect(started).rejects.toThrow(
    "Route GET /mine of Api has an authorizer of type AWS_IAM; only JWT runs here.",
  );
});

test("an issuer that cannot be reached lets nobody in, and is asked again for the next token", async () => {
  const issuer = createServer((_, response) => response.writeHead(500).end()).listen(0, "127.0.0.1");
  await once(issuer, "listening");
  const { port } = issuer.address() as AddressInfo;
  let asked = 0;
  issuer.on("request", () => asked++);
  const url = `http://127.0.0.1:${port}`;
  const authorizer = { issuer: url, audiences: ["a"], identitySource: "$request.querystring.token", scopes: [] };
  const started = await startApi({
    api: {
      name: "Api",
      apiName: "a",
      routes: [{ routeKey: "$default", functionArn: arn, authorizer: { type: "JWT", ...authorizer } }],
    },
    invoke: () => async () => ok({}),
    port: 0,
  });
  running.push(started);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${part({ alg: "RS256", kid: "k" })}.${part({ iss: url, aud: "a", exp: 4_000_000_000 })}.c2ln`;
  for (const times of [1, 2]) {
    await expectGateway(await fetch(`${started.url}/?token=${token}`), 401, "Unauthorized");
    expect(asked).toBe(times);
  }
  issuer.close();
});

test("stop lets a running request finish and refuses new ones", async () => {
  let finish: (result: InvokeResult) => void = () => {};
  const url = await api(new Promise<InvokeResult>((resolve) => (finish = resolve)));
  const late = fetch(url);
  await expect.poll(() => events.length).toBe(1);
  const stopped = running.splice(0)[0]?.stop();
  await expect(fetch(url)).rejects.toThrow();
  finish(ok({ statusCode: 200, body: "late" }));
  expect(await (await late).text()).toBe("late");
  await stopped;
});

async function expectGateway(response: Response, status: number, message: string) {
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual({ message });
}
