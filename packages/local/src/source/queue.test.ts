import type { Graph, GraphMapping } from "@appointments/graph/graph";
import { SendMessageBatchCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { InvokeResult } from "../lambda/invoke.ts";
import { eventually, type Services, startServices } from "../testing/services.ts";
import { arn, fixtureGraph } from "../testing/shop.ts";
import type { SqsRecord } from "./event.ts";
import { type Mapping, startMapping } from "./queue.ts";

let system: Services;
let graph: Graph;
let mapping: Mapping | undefined;
beforeEach(async () => {
  graph = fixtureGraph();
  system = await startServices(graph);
});
afterEach(async () => {
  await mapping?.stop();
  mapping = undefined;
  await system.stop();
});

type Handler = (records: SqsRecord[]) => unknown;
const logs: string[] = [];

/** For batches that take longer to gather than the fixture's messages stay invisible. */
async function stayInvisible(seconds: number): Promise<void> {
  const Attributes = { VisibilityTimeout: String(seconds) };
  const { sqs } = system.clients("operator");
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: graph.queues[0]?.url, Attributes }));
}

/** Starts a mapping of the work queue to a function that answers what `handler` returns, or fails when it throws. */
function start(handler: Handler, more: Partial<GraphMapping> = {}, answerMs = 5_000): SqsRecord[][] {
  const batches: SqsRecord[][] = [];
  const [given] = graph.mappings;
  const [queue] = graph.queues;
  if (!given || !queue) throw new Error("the fixture has changed");
  mapping = startMapping({
    mapping: { ...given, ...more },
    queue,
    timeoutSeconds: 1,
    answerMs,
    client: system.clients("consumer").sqs,
    allows: (action, resource) => system.gateway.allows("consumer", action, resource),
    log: (_level, message) => void logs.push(message),
    invoke: async (event): Promise<InvokeResult> => {
      const { Records } = event as { Records: SqsRecord[] };
      batches.push(Records);
      try {
        return { ok: true, payload: await handler(Records), requestId: "r", durationMs: 1 };
      } catch (error) {
        return {
          ok: false,
          kind: "Unhandled",
          errorType: "Error",
          errorMessage: String(error),
          requestId: "r",
          durationMs: 1,
        };
      }
    },
  });
  return batches;
}

async function send(...bodies: string[]): Promise<void> {
  const { sqs } = system.clients("operator");
  for (let at = 0; at < bodies.length; at += 10) {
    const Entries = bodies.slice(at, at + 10).map((MessageBody, index) => ({
      Id: String(index),
      MessageBody,
      MessageAttributes: {
        kind: { DataType: "String", StringValue: "order" },
        blob: { DataType: "Binary", BinaryValue: Buffer.from([1, 2]) },
      },
    }));
    const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: graph.queues[0]?.url, Entries }));
    expect(answer.Failed ?? []).toEqual([]);
  }
}

const bodies = (queue: string) => {
  const messages = system.emulators.inspectQueue(queue)?.messages;
  return [...(messages?.ready ?? []), ...(messages?.inflight ?? []).map(({ message }) => message)]
    .map(({ body }) => body)
    .sort();
};
const empty = () => bodies("shop-work").length === 0;
const all = (batches: SqsRecord[][]) => batches.flat().map(({ body }) => body);

describe("a mapping", () => {
  it("hands the function Lambda's event, and deletes what it is done with", async () => {
    await send("hello");
    const batches = start(() => null);
    await eventually(empty);
    expect(batches).toEqual([
      [
        {
          messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          receiptHandle: expect.any(String),
          body: "hello",
          attributes: {
            ApproximateReceiveCount: "1",
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: expect.any(String),
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {
            kind: { stringValue: "order", stringListValues: [], binaryListValues: [], dataType: "String" },
            blob: { binaryValue: "AQI=", stringListValues: [], binaryListValues: [], dataType: "Binary" },
          },
          md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
          md5OfBody: "5d41402abc4b2a76b9719d911017c592",
          eventSource: "aws:sqs",
          eventSourceARN: arn("sqs", "shop-work"),
          awsRegion: "us-east-1",
        },
      ],
    ]);
  });

  it("keeps exactly those that the function reports as failed, and delivers them again", async () => {
    await send("a", "b", "c");
    const batches = start((records) => ({
      batchItemFailures: records
        .filter(({ body, attributes }) => body === "b" && attributes.ApproximateReceiveCount === "1")
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    }));
    await eventually(() => bodies("shop-work").join() === "b");
    await eventually(empty);
    expect(all(batches).sort()).toEqual(["a", "b", "b", "c"]);
    expect(batches.at(-1)?.[0]?.attributes.ApproximateReceiveCount).toBe("2");
  });

  it.each<[string, Handler]>([
    ["all", (records) => ({ batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })) })],
    ["one that is not in the batch", () => ({ batchItemFailures: [{ itemIdentifier: "unknown" }] })],
    ["something malformed", () => ({ batchItemFailures: [{ id: "a" }] })],
    ["nothing, because it throws", () => Promise.reject(new Error("no"))],
  ])("keeps the whole batch when the function reports %s, and it ends in the dead-letter queue", async (_, handler) => {
    await send("a", "b");
    const batches = start(handler);
    await eventually(() => bodies("shop-work-dlq").join() === "a,b");
    expect(empty()).toBe(true);
    // maxReceiveCount is 2.
    expect(all(batches).sort()).toEqual(["a", "a", "b", "b"]);
  });

  it("deletes the batch whatever the function answers, when it does not report failures", async () => {
    await send("a");
    start((records) => ({ batchItemFailures: [{ itemIdentifier: records[0]?.messageId }] }), {
      partialResponses: false,
    });
    await eventually(empty);
  });

  it("gathers 25 messages within the window into one event", async () => {
    await stayInvisible(60);
    const batches = start(() => null, { batchSize: 100, windowSeconds: 1 });
    await send(...Array.from({ length: 25 }, (_, index) => String(index)));
    await eventually(empty);
    expect(batches.map(({ length }) => length)).toEqual([25]);
  });

  it("does not wait for the window when the batch is full", async () => {
    await stayInvisible(60);
    const batches = start(() => null, { batchSize: 12, windowSeconds: 60 });
    await send(...Array.from({ length: 24 }, (_, index) => String(index)));
    await eventually(empty);
    expect(batches.map(({ length }) => length)).toEqual([12, 12]);
  });

  it("keeps an event within 6 MB", async () => {
    await stayInvisible(60);
    const large = "x".repeat(1_000_000);
    for (let n = 0; n < 8; n++) await send(large);
    const batches = start(() => null, { batchSize: 100, windowSeconds: 1 });
    await eventually(empty);
    expect(all(batches)).toHaveLength(8);
    for (const Records of batches) expect(JSON.stringify({ Records }).length).toBeLessThanOrEqual(6 * 1024 * 1024);
  });

  it("runs several batches at once, but no more than its maximum concurrency", async () => {
    let now = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 50));
      now--;
    };
    await send(..."abcdefgh");
    start(work, { batchSize: 1, maximumConcurrency: 3 });
    await eventually(empty);
    expect(most).toBe(3);
  });

  it("waits at its end for the function", async () => {
    let finished = 0;
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      finished++;
    };
    await send("running");
    const batches = start(slow, { batchSize: 1 });
    await eventually(() => batches.length === 1);
    await mapping?.stop();
    expect([finished, empty()]).toEqual([1, true]);
  });

  it("puts back at its end what it gathered but did not hand out", async () => {
    await stayInvisible(60);
    const gathered = start(() => null, { batchSize: 100, windowSeconds: 60 });
    await send("gathered");
    await eventually(() => system.emulators.inspectQueue("shop-work")?.messages.inflight.length === 1);
    await mapping?.stop();
    expect(gathered).toEqual([]);
    expect(system.emulators.inspectQueue("shop-work")?.messages.ready.map(({ body }) => body)).toEqual(["gathered"]);
  });

  it("goes on when the queue cannot be reached for a while", async () => {
    system.gateway.faults.add([{ fault: "fail-before", action: "ReceiveMessage", times: 3 }]);
    await send("later");
    const batches = start(() => null);
    await eventually(empty);
    expect(all(batches)).toEqual(["later"]);
    expect(logs.some((line) => line.includes("cannot receive from work"))).toBe(true);
  });

  it("gives up a delete that gets no answer, and deletes in the end", async () => {
    await stayInvisible(60);
    system.gateway.faults.add([{ fault: "hang", action: "DeleteMessageBatch", times: 2 }]);
    await send("a");
    const batches = start(() => null, {}, 100);
    await eventually(empty);
    expect(all(batches)).toEqual(["a"]);
  });

  it("gives up a poll that gets no answer, and polls again", async () => {
    await stayInvisible(60);
    await send("a", "b");
    // The second poll of the batch is a short one.
    system.gateway.faults.add([{ fault: "hang", action: "ReceiveMessage", skip: 1 }]);
    const batches = start(() => null, { batchSize: 3, windowSeconds: 1 }, 100);
    await eventually(empty);
    expect(all(batches).sort()).toEqual(["a", "b"]);
    expect(system.gateway.recent().some(({ fault }) => fault === "hang")).toBe(true);
    expect(logs.at(-1)).toContain("cannot receive from work");
  });

  it("deletes in the end what it could not delete at first", async () => {
    system.gateway.faults.add([
      { fault: "partial", action: "DeleteMessageBatch", entries: [0] },
      { fault: "throttle", action: "DeleteMessageBatch" },
    ]);
    await send("a", "b");
    const batches = start(() => null);
    await eventually(empty);
    expect(all(batches).sort()).toEqual(["a", "b"]);
  });

  it("costs one long poll while nothing comes", async () => {
    start(() => null);
    const receives = () => system.gateway.recent().filter(({ action }) => action === "ReceiveMessage");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(receives()).toHaveLength(0);
    await send("x");
    await eventually(empty);
    expect(receives()).toHaveLength(1);
  });
});

describe("a mapping that AWS would refuse to create is refused", () => {
  it.each<[string, Partial<GraphMapping>, RegExp]>([
    ["a large batch without a window", { batchSize: 11 }, /Maximum batch window in seconds must be greater than 0/],
    ["a batch that is too large", { batchSize: 10_001, windowSeconds: 1 }, /from 1 to 10000/],
    ["a maximum concurrency of one", { maximumConcurrency: 1 }, /from 2 to 1000/],
    [
      "filter criteria",
      { filterCriteria: { filters: [] } } as Partial<GraphMapping>,
      /filterCriteria is not supported/,
    ],
  ])("%s", (_, more, message) => {
    expect(() => start(() => null, more)).toThrow(message);
  });

  it("a queue whose messages reappear while the function may still run", () => {
    if (graph.queues[0]) graph.queues[0].visibilityTimeoutSeconds = 0;
    expect(() => start(() => null)).toThrow(
      "Queue visibility timeout: 0 seconds is less than Function timeout: 1 seconds",
    );
  });

  it.each(["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"])("a role that may not call %s", async (action) => {
    const narrower = fixtureGraph();
    const statement = narrower.functions[1]?.statements[0];
    if (!statement) throw new Error("the fixture has changed");
    statement.actions = statement.actions.filter((allowed) => allowed !== `sqs:${action}`);
    await system.stop();
    system = await startServices(narrower);
    expect(() => start(() => null)).toThrow(
      `The provided execution role does not have permissions to call ${action} on SQS`,
    );
  });
});
