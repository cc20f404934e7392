import { captureLog } from "@appointments/tests/kit/capture";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { asAdmin } from "../testing/caller.ts";
import { settings } from "../testing/settings.ts";
import { createApp } from "./app.ts";
import { handlerOf } from "./gateway.ts";

const handler = handlerOf(
  createApp({ ...settings, table: { client: undefined as never, name: "unused" }, topic: { publish: async () => {} } }),
);

let logged: () => string;
beforeEach(() => {
  logged = captureLog();
});
afterEach(() => vi.restoreAllMocks());

interface Parts {
  query?: string;
  body?: string;
  isBase64Encoded?: boolean;
  headers?: Record<string, string | undefined>;
  domainName?: string;
}

/** Sends a request as API Gateway does, payload format 2.0. */
async function send(method: string, rawPath: string, parts: Parts = {}) {
  const { query = "", body, isBase64Encoded = false, headers, domainName = "api.example.com" } = parts;
  const event = {
    version: "2.0",
    routeKey: "$default",
    headers: { "content-type": "application/json", host: domainName, ...headers },
    rawPath,
    rawQueryString: query,
    ...(body !== undefined && { body }),
    isBase64Encoded,
    requestContext: { ...asAdmin.requestContext, http: { method, path: rawPath }, requestId: "gateway-1", domainName },
  };
  // The handler reads these members of the event and no others.
  const answer = await handler(event as unknown as Parameters<typeof handler>[0]);
  return { ...answer, body: answer.body ? JSON.parse(answer.body) : undefined };
}

const codeOf = async (...request: Parameters<typeof send>) => {
  const { statusCode, body } = await send(...request);
  return [statusCode, body?.code];
};

describe("what API Gateway hands over", () => {
  test("a GET with a body is answered as one without", async () => {
    expect(await send("GET", "/health", { body: "{}" })).toMatchObject({ statusCode: 200 });
  });

  test("the request id is the gateway's", async () => {
    const refused = await send("GET", "/nothing");
    expect(refused).toMatchObject({ statusCode: 404, body: { requestId: "gateway-1" } });
    expect(refused.headers).toMatchObject({ "x-request-id": "gateway-1" });
  });

  test("a body in base64 is measured and read as bytes", async () => {
    const large = Buffer.from(`{"note":"${"é".repeat(9 * 1024)}"}`).toString("base64");
    const notText = Buffer.from([0x7b, 0xff, 0x7d]).toString("base64");
    const small = Buffer.from('{"insuredId":"1"}').toString("base64");
    const post = (body: string) => codeOf("POST", "/appointments", { body, isBase64Encoded: true });
    expect(await post(large)).toEqual([413, "body_too_large"]);
    expect(await post(notText)).toEqual([400, "body_not_json"]);
    expect(await post(small)).toEqual([422, "fields_invalid"]);
  });

  test("a POST without a body says that it is missing", async () => {
    expect(await codeOf("POST", "/appointments")).toEqual([400, "body_missing"]);
  });

  test("a HEAD is answered with what a GET is, so that the gateway knows its length, and is logged as HEAD", async () => {
    expect(await send("HEAD", "/health")).toEqual(await send("GET", "/health"));
    expect(logged()).toContain('"method":"HEAD"');
  });

  test.each(["TRACE", "CONNECT", "TRACK", "FROB"])("%s is not allowed", async (method) => {
    expect(await codeOf(method, "/health")).toEqual([405, "method_not_allowed"]);
  });
});

describe("an Idempotency-Key is one of the right form, or none", () => {
  const book = (key: string | undefined) =>
    codeOf("POST", "/appointments", { body: "{}", headers: { "idempotency-key": key } });

  test.each([
    undefined,
    "",
    " ",
    "two words",
    "ü",
    "clé",
    "€",
    "tab\there",
    "line\nbreak",
    "x".repeat(256),
    "one,two",
    "one,one",
  ])("%j is refused", async (key) => expect(await book(key)).toEqual([400, "idempotency_key_invalid"]));

  test.each(["a", "~".repeat(255), "!+-", '"8e03978e-40d5-43e8-bc93-6894a57f9324"'])("%s is a key", async (key) =>
    expect(await book(key)).toEqual([422, "fields_invalid"]),
  );
});

describe("a path leads where it says, or nowhere", () => {
  test.each(["/health", "/appointments/00042x"])("%s is one", async (path) => {
    expect((await send("GET", path)).statusCode).not.toBe(404);
  });

  // rawPath is decoded: this is what %3F, %23, %25, %2e%2e, %5c, %00 and %0a become.
  test.each([
    "/health?",
    "/health?x=1",
    "/health#",
    "/health%3F",
    "/h%65alth",
    "/nothing/../health",
    "/./health",
    "/health/.",
    "/appointments/..",
    "/nothing\\..\\health",
    "/health\0",
    "/health\n",
    "\t/health",
    "/health\x7f",
    "/health\u0085",
    "/health\ud800",
    "//health",
    "health",
    "http://api.example.com/health",
    "*",
    "",
  ])("%j is none", async (path) => {
    expect(await codeOf("GET", path)).toEqual([404, "path_unknown"]);
  });

  test.each(["x/health?", "x/health#", "x:y:z", "[", "", "a b", "x\\health"])(
    "a Host of %j changes nothing",
    async (domainName) => {
      expect(await codeOf("GET", "/appointments/1", { domainName })).toEqual([400, "parameters_invalid"]);
    },
  );

  test("a fragment is part of the query, as no server should see one", async () => {
    const refused = await send("GET", "/appointments/00042", { query: "limit=2#cursor" });
    expect(refused.body.errors).toMatchObject([{ parameter: "limit" }]);
  });
});

test("whatever is sent, no URL is logged and nobody's id", async () => {
  const insured = "00042";
  for (const path of [`/appointments/${insured}?`, `/${insured}/\0`, `//${insured}:x`, `\\${insured}`]) {
    await send("GET", path, { query: `x=${insured}&%`, domainName: `${insured}:host:` });
    await send("TRACE", path, { headers: { "x-any": `${insured}\n` } });
  }
  expect(logged()).toContain("http.answered");
  expect(logged()).not.toContain(insured);
});
