import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { PublishCommand } from "@aws-sdk/client-sns";
import { SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually, type Services, startServices } from "../testing/services.ts";
import { arn, fixtureGraph } from "../testing/shop.ts";

let system: Services;
beforeAll(async () => {
  system = await startServices(fixtureGraph());
});
afterAll(() => system.stop());
afterEach(() => fetch(`${system.gateway.url}/_local/faults`, { method: "DELETE" }));

async function inject(...rules: object[]): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${system.gateway.url}/_local/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(rules),
  });
  return { status: answer.status, body: await answer.json() };
}

const put = (pk: string, options: { abortSignal?: AbortSignal } = {}) =>
  system
    .clients("producer")
    .dynamo.send(new PutItemCommand({ TableName: "shop-Orders", Item: { pk: { S: pk }, sk: { S: "1" } } }), options);

async function stored(pk: string): Promise<boolean> {
  const key = { TableName: "shop-Orders", Key: { pk: { S: pk }, sk: { S: "1" } } };
  return (await system.clients("operator").dynamo.send(new GetItemCommand(key))).Item !== undefined;
}

describe("a fault", () => {
  it("before: the caller gets an error and nothing has happened", async () => {
    await inject({ fault: "fail-before", service: "dynamodb" });
    await expect(put("before")).rejects.toMatchObject({
      name: "InternalServerError",
      $metadata: { httpStatusCode: 500 },
    });
    expect(await stored("before")).toBe(false);
  });

  it("after: the connection breaks, and it has happened", async () => {
    await inject({ fault: "fail-after", service: "dynamodb" });
    await expect(put("after")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await stored("after")).toBe(true);
  });

  it("hang: no answer comes until the caller gives up, and nothing has happened", async () => {
    await inject({ fault: "hang", service: "dynamodb" });
    const caller = new AbortController();
    const call = put("hang", { abortSignal: caller.signal });
    await eventually(() => system.gateway.faults.list().length === 0);
    caller.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    expect(await stored("hang")).toBe(false);
  });

  it.each([
    ["dynamodb", "ProvisionedThroughputExceededException", () => put("throttle")],
    ["sqs", "RequestThrottled", () => sqsSend()],
    ["sns", "ThrottledException", () => snsPublish()],
    ["events", "ThrottlingException", () => eventsPut()],
  ])("throttle: %s says %s, which the SDK would retry", async (service, name, call) => {
    await inject({ fault: "throttle", service });
    await expect(call()).rejects.toMatchObject({ name });
  });

  it("kill: the calling function is ended before, or after it has happened", async () => {
    await inject({ fault: "kill-before", service: "dynamodb" }, { fault: "kill-after", service: "dynamodb" });
    await expect(put("kill-before")).rejects.toThrow();
    await expect(put("kill-after")).rejects.toThrow();
    expect(system.killed).toEqual(["producer", "producer"]);
    expect([await stored("kill-before"), await stored("kill-after")]).toEqual([false, true]);
  });

  it("partial: some entries of a batch fail, the others happen", async () => {
    await inject(
      { fault: "partial", service: "sqs", entries: [1] },
      { fault: "partial", service: "events", entries: [0, 2] },
    );
    const { sqs, events } = system.clients("producer");
    const QueueUrl = system.graph.queues[0]?.url;
    const Entries = ["a", "b", "c"].map((Id) => ({ Id, MessageBody: Id }));
    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(["a", "c"]);
    expect(sent.Failed).toMatchObject([{ Id: "b", SenderFault: false }]);
    const entry = { EventBusName: "shop-bus", Source: "shop", DetailType: "order.x", Detail: '{"state":"shipped"}' };
    expect(await events.send(new PutEventsCommand({ Entries: [entry, entry, entry] }))).toMatchObject({
      FailedEntryCount: 2,
      Entries: [
        { ErrorCode: "ThrottlingException" },
        { EventId: expect.any(String) },
        { ErrorCode: "ThrottlingException" },
      ],
    });
    expect(system.emulators.inspectQueue("shop-shipped")?.messages.ready).toHaveLength(1);
  });

  it("hits as often as it says, after as many as it lets pass, and only whom it names", async () => {
    await inject({ fault: "fail-before", function: "producer", action: "PutItem", skip: 1, times: 2 });
    const hits = () => system.gateway.recent().filter(({ fault }) => fault === "fail-before").length;
    const before = hits();
    await expect(stored("x")).resolves.toBe(false);
    await expect(put("1")).resolves.toBeDefined();
    await expect(put("2")).rejects.toThrow();
    await expect(put("3")).rejects.toThrow();
    await expect(put("4")).resolves.toBeDefined();
    expect(hits() - before).toBe(2);
  });

  it("is gone when deleted", async () => {
    await inject({ fault: "fail-before", times: 5 });
    await fetch(`${system.gateway.url}/_local/faults`, { method: "DELETE" });
    await expect(put("deleted")).resolves.toBeDefined();
  });

  it.each([
    [{ fault: "explode" }, /fault is one of/],
    [{ fault: "hang", times: -1 }, /times is a whole number/],
    [{ fault: "hang", actoin: "PutItem" }, /unknown field actoin/],
  ])("that is written wrongly is refused: %j", async (rule, error) => {
    expect(await inject(rule)).toEqual({ status: 400, body: { error: expect.stringMatching(error) } });
  });

  it("cannot be injected by a page in a browser: it would have to ask for leave first", async () => {
    const answer = await fetch(`${system.gateway.url}/_local/faults`, { method: "POST", body: '[{"fault":"hang"}]' });
    expect(answer.status).toBe(415);
    expect(system.gateway.faults.list()).toEqual([]);
  });
});

function sqsSend() {
  const { sqs } = system.clients("producer");
  return sqs.send(new SendMessageCommand({ QueueUrl: system.graph.queues[0]?.url, MessageBody: "x" }));
}

function snsPublish() {
  return system.clients("producer").sns.send(new PublishCommand({ TopicArn: arn("sns", "shop-orders"), Message: "x" }));
}

function eventsPut() {
  const entry = { EventBusName: "shop-bus", Source: "shop", DetailType: "order.x", Detail: "{}" };
  return system.clients("producer").events.send(new PutEventsCommand({ Entries: [entry] }));
}
