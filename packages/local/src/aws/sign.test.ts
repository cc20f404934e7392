import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signed } from "./sign.ts";

const region = "us-east-1";
const credentials = { accessKeyId: "123456789012", secretAccessKey: "secret" };
let server: ReturnType<typeof createServer>;
let url: string;
let got: { headers: IncomingHttpHeaders; body: string } | undefined;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    got = { headers: request.headers, body };
    response.writeHead(400).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

/** Signs again what an SDK has signed: the same headers at the same time. */
async function signedAgain(service: string): Promise<string | undefined> {
  const { headers = {}, body = "" } = got ?? {};
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "")?.[1]?.split(";") ?? [];
  const time = String(headers["x-amz-date"]).replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const rest = names.filter((name) => !["host", "x-amz-date"].includes(name));
  const same = Object.fromEntries(rest.map((name) => [name, String(headers[name])]));
  return (await signed({ service, region, headers: same, body }, { url, credentials }, new Date(time))).authorization;
}

test("a call is signed as the SDK signs it", async () => {
  const config = { endpoint: url, region, maxAttempts: 1, credentials };
  const sqs = new SQSClient(config);
  await sqs.send(new SendMessageCommand({ QueueUrl: `${url}/1/q`, MessageBody: "é" })).catch(() => {});
  expect(got?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=123456789012\/\d{8}\/us-east-1\/sqs\//);
  expect(await signedAgain("sqs")).toBe(got?.headers.authorization);
  sqs.destroy();

  const sns = new SNSClient(config);
  await sns.send(new PublishCommand({ TopicArn: "arn:aws:sns:us-east-1:1:t", Message: "a b&c" })).catch(() => {});
  expect(await signedAgain("sns")).toBe(got?.headers.authorization);
  sns.destroy();
});
