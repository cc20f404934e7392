import { request } from "node:http";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endpointOf } from "../endpoint/emulators.ts";
import { clientsAt, credentialsOf, type Services, startServices } from "../testing/services.ts";
import { fixtureGraph } from "../testing/shop.ts";

let system: Services;
const cleanups: (() => unknown)[] = [];
beforeAll(async () => {
  system = await startServices(fixtureGraph());
});
afterAll(async () => {
  for (const cleanup of cleanups) cleanup();
  await system.stop();
});

describe("who signs with another secret is refused as on AWS, whoever it claims to be", () => {
  test.each(["operator", "producer"])("as %s", async (name) => {
    const forged = { ...credentialsOf(name), secretAccessKey: "local" };
    const { sqs, dynamo, sns } = clientsAt(system.gateway.url, cleanups, forged);
    const refused = (status: number, errorName: string) => ({
      name: errorName,
      message: expect.stringContaining("signature"),
      $metadata: { httpStatusCode: status },
    });
    await expect(sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject(refused(403, "InvalidSignatureException"));
    await expect(dynamo.send(new ListTablesCommand({}))).rejects.toMatchObject(
      refused(400, "InvalidSignatureException"),
    );
    const { ListTopicsCommand } = await import("@aws-sdk/client-sns");
    await expect(sns.send(new ListTopicsCommand({}))).rejects.toMatchObject(refused(403, "SignatureDoesNotMatch"));
    expect(system.gateway.recent()).toEqual([]);
  });
});

/** Asks under a name and an origin as a browser would; fetch allows neither. */
const status = (path: string, headers: Record<string, string>, method = "GET") =>
  new Promise<number | undefined>((resolve, reject) => {
    const { hostname, port } = new URL(system.gateway.url);
    request({ hostname, port, path, method, headers }, (response) => resolve(response.resume().statusCode))
      .on("error", reject)
      .end();
  });

describe("a web page of another host, whose browser runs here", () => {
  const { host } = new URL("http://evil.example:4566");
  test.each(["/", "/_local/meter", "/_local/requests", "/_local/faults", "/_local/issuer/keys"])(
    "reads nothing at %s",
    async (path) => {
      expect(await status(path, { host })).toBe(403);
      expect(await status(path, { origin: `http://${host}` })).toBe(403);
    },
  );

  test("injects no faults, and clears none", async () => {
    system.gateway.faults.add([{ fault: "throttle", function: "nobody" }]);
    const json = { "content-type": "application/json" };
    expect(await status("/_local/faults", { host }, "DELETE")).toBe(403);
    expect(await status("/_local/faults", { ...json, origin: "null" }, "POST")).toBe(403);
    expect(await status("/_local/meter/reset", { ...json, host }, "POST")).toBe(403);
    expect(system.gateway.faults.list()).toHaveLength(1);
    system.gateway.faults.clear();
  });

  test("while this machine's own reads", async () => {
    expect(await status("/_local/meter", {})).toBe(200);
    expect(await status("/_local/meter", { origin: "http://localhost:5173" })).toBe(200);
  });
});

test("behind the gateway nobody else is answered, with whatever credentials", async () => {
  const { sqsSnsUrl, dynamoUrl } = system.emulators;
  const strangers = [credentialsOf("operator"), { accessKeyId: system.graph.account, secretAccessKey: "local" }];
  for (const credentials of strangers) {
    const { sqs } = clientsAt(sqsSnsUrl, cleanups, credentials);
    const { dynamo } = clientsAt(dynamoUrl, cleanups, credentials);
    const refused = { $metadata: { httpStatusCode: 403 } };
    await expect(sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject(refused);
    await expect(dynamo.send(new ListTablesCommand({}))).rejects.toMatchObject(refused);
  }
  for (const url of [sqsSnsUrl, dynamoUrl]) {
    for (const path of ["/", "/health", "/_fauxqs/queues", "/?Action=ListTopics"]) {
      expect((await fetch(endpointOf(url, "").url + path)).status).toBe(403);
    }
  }
  const gateway = new SQSClient({
    endpoint: system.gateway.url,
    region: "us-east-1",
    credentials: credentialsOf("operator"),
  });
  expect((await gateway.send(new ListQueuesCommand({}))).QueueUrls).not.toHaveLength(0);
  gateway.destroy();
});
