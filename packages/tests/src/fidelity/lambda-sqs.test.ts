import type { GraphMapping } from "@appointments/graph/graph";
import type { Invoke } from "@appointments/local/lambda/invoke";
import type { SqsRecord } from "@appointments/local/source/event";
import type { Mapping } from "@appointments/local/source/queue";
import { startMapping } from "@appointments/local/source/queue";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { behaviour, sideBySide, startTarget } from "./behaviour.ts";
import { type Functions, functionsOfTest } from "./functions.ts";
import { messagesOf } from "./messages.ts";
import { documented, type Evidence, pages, type Row, recorded, type TargetName } from "./row.ts";
import type { Target } from "./topology.ts";

const names = ["event", "size", "window", "partial", "all", "unknown", "malformed", "throws", "empty", "ignored"];
const more = ["apart", "most", "timeout", "retried"];

let target: Target;
let functions: Functions;
const mappings: Mapping[] = [];
beforeAll(async () => {
  functions = await functionsOfTest();
  target = await startTarget(({ queue, queueArn }) => ({
    queues: [...names, ...more].flatMap((name) => [
      queue(name, {
        visibilityTimeoutSeconds: 2,
        redrive: { deadLetterArn: queueArn(`${name}-dlq`), maxReceiveCount: name === "retried" ? 3 : 1 },
      }),
      queue(`${name}-dlq`),
    ]),
  }));
});
afterAll(async () => {
  await Promise.all(mappings.map((mapping) => mapping.stop()));
  await functions?.remove();
  await target?.stop();
});
const { url, send, receive, take, depth } = messagesOf(() => target);
const esm = (test: string, date = "2025-11-25") =>
  recorded("lambda_/event_source_mapping/test_lambda_integration_sqs", test, date);
/** The mapping is this project's own; on AWS it is Lambda's, which no test can hold a handler to. */
const targets: readonly TargetName[] = ["embedded", "ministack", "moto"];
const row = (it: Pick<Row, "id" | "says"> & { docs?: string; evidence?: Evidence }): Row => ({
  area: "Lambda on SQS",
  docs: pages.lambdaSqsErrors,
  evidence: documented,
  targets,
  ...it,
});

type Handler = (records: SqsRecord[]) => unknown;

/** Consumes a queue by an event source mapping, into a handler in this process or a function. @returns its batches */
function start(queueName: string, handler: Handler | { invoke: Invoke }, more: Partial<GraphMapping> = {}) {
  const queue = target.graph.queues.find(({ name }) => name === queueName);
  if (queue === undefined) throw new Error(`no queue ${queueName} in the topology`);
  const batches: SqsRecord[][] = [];
  const invoke = typeof handler === "function" ? inProcess(handler) : handler.invoke;
  const functionArn = `arn:aws:lambda:${target.region}:${target.account}:function:${queueName}`;
  const mapping = { name: queueName, queueArn: queue.arn, functionArn };
  const started = startMapping({
    mapping: { ...mapping, batchSize: 10, windowSeconds: 0, partialResponses: true, ...more },
    queue: { ...queue, url: url(queueName) },
    timeoutSeconds: 1,
    client: target.sqs,
    allows: () => true,
    log: () => {},
    invoke: (event) => {
      batches.push((event as { Records: SqsRecord[] }).Records);
      return invoke(event);
    },
  });
  mappings.push(started);
  return batches;
}
function inProcess(handler: Handler): Invoke {
  const ran = { requestId: "r", durationMs: 1 };
  return async (event) => {
    try {
      return { ok: true, payload: await handler((event as { Records: SqsRecord[] }).Records), ...ran };
    } catch (error) {
      return { ok: false, kind: "Unhandled", errorType: "Error", errorMessage: String(error), ...ran };
    }
  };
}
async function sendAll(queue: string, bodies: string[]): Promise<void> {
  for (let from = 0; from < bodies.length; from += 10) {
    const Entries = bodies.slice(from, from + 10).map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await target.sqs.send(new SendMessageBatchCommand({ QueueUrl: url(queue), Entries }));
  }
}
const emptied = (queue: string) =>
  vi.waitUntil(async () => Object.values(await depth(queue)).every((count) => count === 0), { timeout: 15_000 });
const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 15_000 });
const bodiesOf = (records: SqsRecord[]) => records.map(({ body }) => body).sort();
const dead = async (queue: string, count: number) => (await take(`${queue}-dlq`, count)).map(({ Body }) => Body).sort();
const failing = (records: SqsRecord[], ...bodies: string[]) => ({
  batchItemFailures: records
    .filter(({ body }) => bodies.includes(body))
    .map((it) => ({ itemIdentifier: it.messageId })),
});

sideBySide(
  row({
    id: "lambda-sqs.event",
    says: "The event's records have exactly these fields; attributes keep their types, with empty lists beside them.",
    docs: pages.lambdaSqs,
    evidence: esm("test_message_body_and_attributes_passed_correctly"),
  }),
  async () => {
    const batches = start("event", () => ({}));
    const MessageAttributes = {
      title: { DataType: "String", StringValue: "The Whistler" },
      weeks: { DataType: "Number", StringValue: "6" },
    };
    const sent = await send("event", "hello", { MessageAttributes });
    await until(() => batches.length > 0);
    const value = (dataType: string, stringValue: string) => ({
      stringValue,
      stringListValues: [],
      binaryListValues: [],
      dataType,
    });
    expect(batches[0]).toEqual([
      {
        messageId: sent.MessageId,
        receiptHandle: expect.any(String),
        body: "hello",
        attributes: {
          ApproximateReceiveCount: "1",
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: { title: value("String", "The Whistler"), weeks: value("Number", "6") },
        md5OfBody: sent.MD5OfMessageBody,
        md5OfMessageAttributes: sent.MD5OfMessageAttributes,
        eventSource: "aws:sqs",
        eventSourceARN: target.graph.queues[0]?.arn,
        awsRegion: target.region,
      },
    ]);
    await emptied("event");
  },
);

sideBySide(
  row({
    id: "lambda-sqs.batch.size",
    says: "A batch is never larger than the batch size, and every message is in some batch.",
    docs: pages.lambdaSqs,
    evidence: esm("test_sqs_event_source_mapping_batch_size"),
  }),
  async () => {
    const bodies = Array.from({ length: 9 }, (_, index) => String(index));
    await sendAll("size", bodies);
    const batches = start("size", () => ({}), { batchSize: 4 });
    await until(() => batches.flat().length === bodies.length);
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(4);
    expect(bodiesOf(batches.flat())).toEqual(bodies);
  },
);

sideBySide(
  row({
    id: "lambda-sqs.batch.window",
    says: "With a batching window, what comes within it goes together, beyond the ten messages of one receive.",
    docs: pages.lambdaSqs,
    evidence: esm("test_sqs_event_source_mapping_batch_size[15]"),
  }),
  async () => {
    const bodies = Array.from({ length: 15 }, (_, index) => `m${index}`);
    const batches = start("window", () => ({}), { batchSize: 100, windowSeconds: 1 });
    await sendAll("window", bodies);
    await until(() => batches.flat().length === bodies.length);
    expect(batches.map((batch) => batch.length)).toEqual([15]);
  },
);

sideBySide(
  row({
    id: "lambda-sqs.partial.some",
    says: "What batchItemFailures names stays in the queue and is redriven; the rest of the batch is deleted.",
    evidence: esm("test_report_batch_item_failures", "2025-03-03"),
  }),
  async () => {
    await sendAll("partial", ["a", "b", "c"]);
    start("partial", (records) => failing(records, "b"));
    expect(await dead("partial", 1)).toEqual(["b"]);
    await emptied("partial");
  },
);

sideBySide(
  row({ id: "lambda-sqs.partial.all", says: "When batchItemFailures names all, none is deleted." }),
  async () => {
    await sendAll("all", ["a", "b"]);
    start("all", (records) => failing(records, "a", "b"));
    expect(await dead("all", 2)).toEqual(["a", "b"]);
  },
);

sideBySide(
  row({
    id: "lambda-sqs.partial.unknown",
    says: "An identifier that is not in the batch fails the whole batch.",
    evidence: {
      kind: "documentation",
      source: "the page, of a bad itemIdentifier; what is a bad one is read carefully here",
    },
  }),
  async () => {
    await sendAll("unknown", ["a", "b"]);
    start("unknown", () => ({ batchItemFailures: [{ itemIdentifier: "nobody" }] }));
    expect(await dead("unknown", 2)).toEqual(["a", "b"]);
  },
);

sideBySide(
  row({
    id: "lambda-sqs.partial.malformed",
    says: "An item without a proper itemIdentifier fails the whole batch.",
    evidence: esm("test_report_batch_item_failures_invalid_result_json_batch_fails"),
  }),
  async () => {
    await sendAll("malformed", ["a", "b"]);
    start("malformed", () => ({ batchItemFailures: [{ foo: "notvalid" }] }));
    expect(await dead("malformed", 2)).toEqual(["a", "b"]);
  },
);

sideBySide(
  row({
    id: "lambda-sqs.partial.empty",
    says: "An empty answer, none at all, or an empty or null list in it is a success of the whole batch.",
    evidence: esm("test_report_batch_item_failures_empty_json_batch_succeeds ({} only; the page for the others)"),
  }),
  async () => {
    const answers = [{}, null, undefined, "", { batchItemFailures: [] }, { batchItemFailures: null }];
    await sendAll(
      "empty",
      answers.map((_, index) => String(index)),
    );
    start("empty", ([record]) => answers[Number(record?.body)], { batchSize: 1 });
    await emptied("empty");
    expect(await receive("empty-dlq", { WaitTimeSeconds: 1 })).toEqual([]);
  },
);

sideBySide(
  row({
    id: "lambda-sqs.partial.off",
    says: "Without ReportBatchItemFailures an answer means nothing: the whole batch is deleted.",
  }),
  async () => {
    await sendAll("ignored", ["a", "b"]);
    start("ignored", (records) => failing(records, "a"), { partialResponses: false });
    await emptied("ignored");
    expect(await receive("ignored-dlq", { WaitTimeSeconds: 1 })).toEqual([]);
  },
);

sideBySide(
  row({
    id: "lambda-sqs.throws",
    says: "A thrown error fails the whole batch, whatever the mapping reports.",
    evidence: esm("test_report_batch_item_failures_on_lambda_error"),
  }),
  async () => {
    await sendAll("throws", ["a", "b"]);
    start("throws", () => {
      throw new Error("no");
    });
    expect(await dead("throws", 2)).toEqual(["a", "b"]);
  },
);

sideBySide(
  row({
    id: "lambda-sqs.timeout",
    says: "A function that runs into its timeout fails the whole batch.",
    docs: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html",
  }),
  async () => {
    const source = "export const handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));";
    const fn = await functions.create(source, { name: "sleeper", timeoutSeconds: 1 });
    await sendAll("timeout", ["a", "b"]);
    start("timeout", { invoke: fn.invoke });
    expect(await dead("timeout", 2)).toEqual(["a", "b"]);
  },
);

sideBySide(
  row({
    id: "lambda-sqs.retried",
    says: "A failed message comes again after its visibility timeout, and is invoked maxReceiveCount times before it is dead.",
    evidence: esm("test_redrive_policy_with_failing_lambda, test_failing_lambda_retries_after_visibility_timeout"),
  }),
  async () => {
    const batches = start("retried", () => {
      throw new Error("no");
    });
    await send("retried", "a");
    expect(await dead("retried", 1)).toEqual(["a"]);
    const counts = batches.flat().map(({ attributes }) => attributes.ApproximateReceiveCount);
    expect(counts).toEqual(["1", "2", "3"]);
  },
);

sideBySide(
  row({
    id: "lambda-sqs.concurrency.many",
    says: "Batches are invoked side by side: a slow one does not hold up the next.",
    docs: pages.lambdaSqsScaling,
  }),
  async () => {
    let release = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const done: string[] = [];
    start(
      "apart",
      async ([record]) => {
        if (record?.body === "slow") await slow;
        done.push(record?.body ?? "");
      },
      { batchSize: 1 },
    );
    await send("apart", "slow");
    await send("apart", "quick");
    await until(() => done.includes("quick"));
    expect(done).toEqual(["quick"]);
    release();
    await until(() => done.length === 2);
  },
);

sideBySide(
  row({
    id: "lambda-sqs.concurrency.most",
    says: "No more batches than MaximumConcurrency are invoked at once.",
    docs: pages.lambdaSqsScaling,
  }),
  async () => {
    let running = 0;
    let most = 0;
    const batches = start(
      "most",
      async () => {
        running++;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 150));
        running--;
      },
      { batchSize: 1, maximumConcurrency: 2 },
    );
    await sendAll("most", ["a", "b", "c", "d", "e", "f"]);
    await until(() => batches.length === 6);
    await emptied("most");
    expect(most).toBe(2);
  },
);

sideBySide(
  row({
    id: "lambda-sqs.refused",
    says: "A mapping is refused with a batch over 10 and no window, a maximum concurrency of 1, or a batch over 10,000.",
    docs: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
  }),
  async () => {
    expect(() => start("event", () => ({}), { batchSize: 11 })).toThrow(/batch window in seconds must be greater/);
    expect(() => start("event", () => ({}), { maximumConcurrency: 1 })).toThrow(/MaximumConcurrency/);
    expect(() => start("event", () => ({}), { batchSize: 10_001, windowSeconds: 1 })).toThrow(/10000/);
  },
);

behaviour({
  ...row({
    id: "lambda-sqs.backoff",
    says: "When a function fails or is throttled, Lambda polls less, and messages come back after their visibility timeout.",
  }),
  unchecked: "How much less is not documented; the local mapping backs off up to 1.6 seconds between batches.",
});

behaviour({
  ...row({
    id: "lambda-sqs.scaling",
    says: "Lambda begins with five concurrent batches and adds up to 300 a minute, to 1,250.",
    docs: pages.lambdaSqsScaling,
  }),
  unchecked: "One machine stays at five, or at the maximum concurrency.",
});
