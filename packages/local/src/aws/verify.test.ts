import { expect, test } from "vitest";
import { signed } from "./sign.ts";
import { isSigned } from "./verify.ts";

const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const scope = "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";

// Of AWS's own test suite for Signature Version 4: get-vanilla, get-vanilla-query-order-key-case.
test.each([
  ["/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  ["/?Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"],
])("AWS's signature of GET %s is right", async (url, signature) => {
  const headers = {
    host: "example.amazonaws.com",
    "x-amz-date": "20150830T123600Z",
    authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  };
  const get = { method: "GET", url, headers };
  expect(await isSigned(get, Buffer.alloc(0), secret)).toBe(true);
  expect(await isSigned(get, Buffer.alloc(0), `${secret}x`)).toBe(false);
  expect(await isSigned({ ...get, url: `${url}x` }, Buffer.alloc(0), secret)).toBe(false);
  expect(await isSigned({ ...get, method: "POST" }, Buffer.alloc(0), secret)).toBe(false);
});

const endpoint = { url: "http://127.0.0.1:4566/", credentials: { accessKeyId: "K", secretAccessKey: "s" } };
const body = Buffer.from('{"é":1}');
const post = async () => ({
  method: "POST",
  url: "/",
  headers: await signed(
    { service: "sqs", region: "us-east-1", headers: { "x-amz-target": "AmazonSQS.ListQueues" }, body },
    endpoint,
  ),
});

test("what this system signs is right", async () => {
  expect(await isSigned(await post(), body, "s")).toBe(true);
});

test("a body of another hash than its header says", async () => {
  const sent = await post();
  const headers = { ...sent.headers, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  expect(await isSigned({ ...sent, headers }, body, "s")).toBe(false);
});

test.each<[string, (headers: Record<string, string>) => Record<string, string | undefined>]>([
  ["another host", () => ({ host: "example.com" })],
  ["another action", () => ({ "x-amz-target": "AmazonSQS.DeleteQueue" })],
  ["another time", () => ({ "x-amz-date": "20150830T123600Z" })],
  ["no time", () => ({ "x-amz-date": undefined })],
  ["a time that is none", ({ "x-amz-date": time }) => ({ "x-amz-date": `${time?.slice(0, 8)}T999999Z` })],
  ["a header that is not signed", () => ({ "x-amz-security-token": "t" })],
  ["no signature", () => ({ authorization: undefined })],
  ["a short signature", ({ authorization }) => ({ authorization: authorization?.slice(0, -1) })],
])("%s is wrong", async (_what, change) => {
  const sent = await post();
  const headers = { ...sent.headers, ...change(sent.headers) };
  expect(await isSigned({ ...sent, headers }, body, "s")).toBe(false);
});

test("another body is wrong", async () => {
  expect(await isSigned(await post(), Buffer.from("{}"), "s")).toBe(false);
});
