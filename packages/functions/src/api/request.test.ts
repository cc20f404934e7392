import { handle } from "hono/aws-lambda";
import { expect, test, vi } from "vitest";
import { createApp } from "./app.ts";
import { withoutUselessBody } from "./request.ts";

const app = createApp({
  table: { client: undefined as never, name: "unused" },
  topic: { publish: async () => {} },
});

/** As API Gateway sends it, payload format 2.0. */
const event = (
  method: string,
  path: string,
  parts: { body?: string; isBase64Encoded?: boolean; headers?: Record<string, string> } = {},
) => ({
  version: "2.0",
  routeKey: "$default",
  headers: { "content-type": "application/json" },
  rawPath: path,
  rawQueryString: "",
  body: null,
  isBase64Encoded: false,
  requestContext: { http: { method, path }, requestId: "gateway-1", domainName: "api.example.com" },
  ...parts,
});

async function answer(sent: ReturnType<typeof event>) {
  vi.spyOn(console, "info").mockImplementation(() => {});
  // The adapter asks for more of the event than it reads.
  const { statusCode, headers, body } = await handle(app)(withoutUselessBody(sent as never), {} as never);
  return { statusCode, headers, body: JSON.parse(body) };
}

test("a GET with a body is answered as one without", async () => {
  expect(await answer(event("GET", "/health", { body: "{}" }))).toMatchObject({ statusCode: 200 });
});

test("the request id is the gateway's", async () => {
  const refused = await answer(event("GET", "/nothing"));
  expect(refused).toMatchObject({ statusCode: 404, body: { requestId: "gateway-1" } });
});

test("a body in base64 is measured and read as bytes", async () => {
  const large = Buffer.from(`{"note":"${"é".repeat(9 * 1024)}"}`).toString("base64");
  const notText = Buffer.from([0x7b, 0xff, 0x7d]).toString("base64");
  const small = Buffer.from('{"insuredId":"1"}').toString("base64");
  const codeOf = async (body: string) =>
    (await answer(event("POST", "/appointments", { body, isBase64Encoded: true }))).body.code;
  expect(await codeOf(large)).toBe("body_too_large");
  expect(await codeOf(notText)).toBe("body_not_json");
  expect(await codeOf(small)).toBe("fields_invalid");
});

test("a POST without a body says that it is missing", async () => {
  expect((await answer(event("POST", "/appointments"))).body.code).toBe("body_missing");
});
