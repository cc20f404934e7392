import {
  ChangeMessageVisibilityCommand,
  GetQueueUrlCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { behaviour, sideBySide, startTarget } from "./behaviour.ts";
import { messagesOf, refusalOf } from "./messages.ts";
import { documented, pages, recorded } from "./row.ts";
import type { Target } from "./topology.ts";

const names = ["count", "hidden", "zero", "longer", "expired", "deleted", "poll", "empty", "batch", "size", "delay"];
const more = ["attributes", "states", "retention", "trace", "exact-dlq", "kept-dlq", "sent-dlq"];

let target: Target;
beforeAll(async () => {
  target = await startTarget((build) => ({
    queues: [
      ...[...names, ...more].map((name) => build.queue(name)),
      ...["exact", "kept", "sent"].map((name) =>
        build.queue(name, {
          visibilityTimeoutSeconds: 0,
          redrive: { deadLetterArn: build.queueArn(`${name}-dlq`), maxReceiveCount: name === "exact" ? 3 : 1 },
        }),
      ),
      build.queue("delayed", { delaySeconds: 2 }),
    ],
  }));
});
afterAll(() => target?.stop());
const { url, send, receive, takeOne, remove, depth } = messagesOf(() => target);
const area = "SQS" as const;

const changeVisibility = (queue: string, ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
  target.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url(queue), ReceiptHandle, VisibilityTimeout }));
const sendBatch = (queue: string, Entries: SendMessageBatchRequestEntry[]) =>
  target.sqs.send(new SendMessageBatchCommand({ QueueUrl: url(queue), Entries }));
const entries = (bodies: string[]) => bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
const sqs = (test: string, date: string) => recorded("sqs/test_sqs", test, date);

sideBySide(
  {
    id: "sqs.receive.count",
    area,
    says: "Each receive adds one to ApproximateReceiveCount, from 1, and ApproximateFirstReceiveTimestamp stays.",
    docs: pages.receive,
    evidence: sqs("test_receive_message_message_system_attribute_names_filters", "2024-06-04"),
  },
  async () => {
    await send("count", "a");
    const [first] = await receive("count", { VisibilityTimeout: 0 });
    const [second] = await receive("count", { VisibilityTimeout: 0 });
    expect([first, second].map((it) => it?.Attributes?.ApproximateReceiveCount)).toEqual(["1", "2"]);
    const firstTime = first?.Attributes?.ApproximateFirstReceiveTimestamp;
    expect(second?.Attributes?.ApproximateFirstReceiveTimestamp).toBe(firstTime);
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
  },
);

sideBySide(
  {
    id: "sqs.visibility.hidden",
    area,
    says: "A received message is hidden from others until its visibility timeout is over, and then comes again.",
    docs: pages.visibility,
    evidence: documented,
  },
  async () => {
    await send("hidden", "a");
    const [message] = await receive("hidden", { VisibilityTimeout: 3 });
    expect(await receive("hidden", { WaitTimeSeconds: 1 })).toEqual([]);
    const [again] = await receive("hidden", { WaitTimeSeconds: 10 });
    expect(again?.MessageId).toBe(message?.MessageId);
  },
);

sideBySide(
  {
    id: "sqs.visibility.zero",
    area,
    says: "Changing a message's visibility timeout to 0 makes it receivable at once.",
    docs: pages.visibility,
    evidence: documented,
  },
  async () => {
    await send("zero", "a");
    const [message] = await receive("zero", { VisibilityTimeout: 600 });
    await changeVisibility("zero", message?.ReceiptHandle, 0);
    expect((await receive("zero"))[0]?.MessageId).toBe(message?.MessageId);
  },
);

sideBySide(
  {
    id: "sqs.visibility.longer",
    area,
    says: "Changing a message's visibility timeout counts from the moment of the change and can keep it hidden longer.",
    docs: pages.visibility,
    evidence: documented,
  },
  async () => {
    await send("longer", "a");
    const [message] = await receive("longer", { VisibilityTimeout: 1 });
    await changeVisibility("longer", message?.ReceiptHandle, 5);
    expect(await receive("longer", { WaitTimeSeconds: 2 })).toEqual([]);
    expect((await receive("longer", { WaitTimeSeconds: 10 }))[0]?.MessageId).toBe(message?.MessageId);
  },
);

sideBySide(
  {
    id: "sqs.visibility.expired",
    area,
    says: "The visibility timeout of a message that has become visible again can still be changed: it hides once more.",
    docs: pages.visibility,
    evidence: sqs("test_change_message_visibility_after_visibility_timeout_expiration", "2024-04-30"),
  },
  async () => {
    await send("expired", "a");
    const [message] = await receive("expired", { VisibilityTimeout: 1 });
    await vi.waitUntil(async () => (await depth("expired")).visible === 1, { timeout: 10_000, interval: 200 });
    await changeVisibility("expired", message?.ReceiptHandle, 600);
    expect(await receive("expired", { WaitTimeSeconds: 1 })).toEqual([]);
  },
);

sideBySide(
  {
    id: "sqs.delete.expired",
    area,
    says: "A message that has become visible again and that nobody else received is deleted by its old receipt handle.",
    docs: pages.visibility,
    evidence: sqs("test_delete_after_visibility_timeout", "2025-03-28"),
  },
  async () => {
    await send("deleted", "a");
    const [message] = await receive("deleted", { VisibilityTimeout: 1 });
    await vi.waitUntil(async () => (await depth("deleted")).visible === 1, { timeout: 10_000, interval: 200 });
    await remove("deleted", message ?? {});
    expect(await receive("deleted", { WaitTimeSeconds: 1 })).toEqual([]);
  },
);

sideBySide(
  {
    id: "sqs.redrive.exact",
    area,
    says: "A message is received exactly maxReceiveCount times; the next receive moves it to the dead-letter queue instead.",
    docs: pages.deadLetters,
    evidence: recorded(
      "lambda_/event_source_mapping/test_lambda_integration_sqs",
      "test_redrive_policy_with_failing_lambda",
      "2025-11-25",
    ),
  },
  async () => {
    await send("exact", "a");
    for (const count of ["1", "2", "3"]) {
      expect((await receive("exact"))[0]?.Attributes?.ApproximateReceiveCount).toBe(count);
      expect(await receive("exact-dlq", { WaitTimeSeconds: 0 })).toEqual([]);
    }
    expect(await receive("exact", { WaitTimeSeconds: 1 })).toEqual([]);
    expect((await takeOne("exact-dlq")).Body).toBe("a");
  },
);

sideBySide(
  {
    id: "sqs.redrive.kept",
    area,
    says: "A dead letter keeps its id, body and attributes, goes on counting its receives and names the queue it came from.",
    docs: pages.deadLetters,
    evidence: sqs("test_dead_letter_queue_message_attributes", "2024-04-30"),
  },
  async () => {
    const MessageAttributes = { colour: { DataType: "String", StringValue: "blue" } };
    const sent = await send("kept", "a", { MessageAttributes });
    await receive("kept");
    await receive("kept", { WaitTimeSeconds: 1 });
    const letter = await takeOne("kept-dlq");
    expect(letter).toMatchObject({ MessageId: sent.MessageId, Body: "a", MessageAttributes });
    expect(letter.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
    expect(letter.Attributes?.ApproximateReceiveCount).toBe("2");
    expect(letter.Attributes?.DeadLetterQueueSourceArn).toMatch(/-kept$/);
  },
);

sideBySide(
  {
    id: "sqs.redrive.sent",
    area,
    says: "A dead letter of a standard queue keeps the time it was first sent, so its retention goes on from there.",
    docs: pages.deadLetters,
    evidence: documented,
  },
  async () => {
    await send("sent", "a");
    const [message] = await receive("sent");
    await receive("sent", { WaitTimeSeconds: 1 });
    expect((await takeOne("sent-dlq")).Attributes?.SentTimestamp).toBe(message?.Attributes?.SentTimestamp);
  },
);

sideBySide(
  {
    id: "sqs.poll.long",
    area,
    says: "A long poll waits on an empty queue and answers as soon as a message comes.",
    docs: pages.polling,
    evidence: sqs("test_wait_time_seconds_waits_correctly", "2025-01-23"),
  },
  async () => {
    let answered = false;
    const polling = receive("poll", { WaitTimeSeconds: 20 }).finally(() => {
      answered = true;
    });
    await receive("empty", { WaitTimeSeconds: 1 });
    expect(answered).toBe(false);
    await send("poll", "a");
    expect((await polling)[0]?.Body).toBe("a");
  },
);

sideBySide(
  {
    id: "sqs.poll.limits",
    area,
    says: "A poll waits at most 20 seconds and brings at most 10 messages; more is refused.",
    docs: pages.receive,
    evidence: sqs("test_send_receive_wait_time_seconds, test_send_receive_max_number_of_messages", "2025-02-10"),
  },
  async () => {
    expect(await refusalOf(receive("empty", { WaitTimeSeconds: 21 }))).toEqual({
      code: "InvalidParameterValue",
      message: "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.",
    });
    expect(await refusalOf(receive("empty", { MaxNumberOfMessages: 11 }))).toEqual({
      code: "InvalidParameterValue",
      message: "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
    });
  },
);

sideBySide(
  {
    id: "sqs.batch.entries",
    area,
    says: "A batch holds 1 to 10 entries with ids that differ; else all of it is refused, with a code for each reason.",
    docs: pages.sendBatch,
    evidence: sqs("test_too_many_entries_in_batch_request, test_invalid_batch_id", "2024-04-30"),
  },
  async () => {
    const code = async (batch: SendMessageBatchRequestEntry[]) => (await refusalOf(sendBatch("batch", batch))).code;
    expect(await code(entries(Array(11).fill("a")))).toBe("TooManyEntriesInBatchRequest");
    expect(await code([])).toBe("EmptyBatchRequest");
    expect(await code([{ Id: "a:b", MessageBody: "a" }])).toBe("InvalidBatchEntryId");
    const twice = { Id: "a", MessageBody: "a" };
    expect(await code([twice, twice])).toBe("BatchEntryIdsNotDistinct");
    expect(await receive("batch", { WaitTimeSeconds: 0 })).toEqual([]);
  },
);

sideBySide(
  {
    id: "sqs.batch.size",
    area,
    says: "A batch is at most 1 MiB in all; a larger one is refused whole.",
    docs: pages.sendBatch,
    evidence: sqs("test_send_message_batch_with_oversized_contents", "2025-08-19"),
  },
  async () => {
    const half = "x".repeat(512 * 1024);
    expect((await refusalOf(sendBatch("size", entries([half, `${half}x`])))).code).toBe("BatchRequestTooLong");
    expect((await sendBatch("size", entries([half, half]))).Successful).toHaveLength(2);
  },
);

sideBySide(
  {
    id: "sqs.message.size",
    area,
    says: "A message is at most 1 MiB of body and attributes together, and at least one character.",
    docs: pages.send,
    evidence: sqs("test_send_oversized_message, test_send_empty_message", "2025-08-19"),
  },
  async () => {
    const most = "x".repeat(1024 * 1024);
    const MessageAttributes = { a: { DataType: "String", StringValue: "b" } };
    expect(await refusalOf(send("size", `${most}x`))).toEqual({
      code: "InvalidParameterValue",
      message: "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.",
    });
    expect((await refusalOf(send("size", most, { MessageAttributes }))).code).toBe("InvalidParameterValue");
    expect((await send("size", most)).MessageId).toBeDefined();
    expect((await refusalOf(send("size", ""))).code).toMatch(/^Missing(Required)?Parameter$/);
  },
);

sideBySide(
  {
    id: "sqs.delay.message",
    area,
    says: "A message sent with DelaySeconds is nowhere to be received until they are over.",
    docs: pages.delay,
    evidence: documented,
  },
  async () => {
    const sentAt = Date.now();
    await send("delay", "a", { DelaySeconds: 3 });
    expect((await receive("delay", { WaitTimeSeconds: 20 }))[0]?.Body).toBe("a");
    expect(Date.now() - sentAt).toBeGreaterThanOrEqual(3_000);
  },
);

sideBySide(
  {
    id: "sqs.delay.queue",
    area,
    says: "A queue's delay holds each message that does not state its own.",
    docs: pages.delay,
    evidence: documented,
  },
  async () => {
    const sentAt = Date.now();
    await send("delayed", "later");
    await send("delayed", "now", { DelaySeconds: 0 });
    const bodies = async () => (await receive("delayed", { WaitTimeSeconds: 20 })).map(({ Body }) => Body);
    const first = await bodies();
    expect(first).toContain("now");
    // On a busy machine both may be ready by now.
    if (!first.includes("later")) expect(await bodies()).toEqual(["later"]);
    expect(Date.now() - sentAt).toBeGreaterThanOrEqual(2_000);
  },
);

sideBySide(
  {
    id: "sqs.attributes.asked",
    area,
    says: "Attributes, the user's and the system's, come only when they are asked for, by name or all.",
    docs: pages.receive,
    evidence: sqs("test_receive_message_message_attribute_names_filters", "2024-04-30"),
  },
  async () => {
    const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
    await send("attributes", "a", { MessageAttributes: { one: attribute("1"), two: attribute("2") } });
    const ask = async (MessageAttributeNames: string[]) => {
      const [message] = await receive("attributes", {
        MessageAttributeNames,
        MessageSystemAttributeNames: [],
        VisibilityTimeout: 0,
      });
      expect(message?.Attributes).toBeUndefined();
      return message;
    };
    const none = await ask([]);
    expect([none?.MessageAttributes, none?.MD5OfMessageAttributes]).toEqual([undefined, undefined]);
    expect((await ask(["one"]))?.MessageAttributes).toEqual({ one: attribute("1") });
    expect(Object.keys((await ask(["All"]))?.MessageAttributes ?? {}).sort()).toEqual(["one", "two"]);
  },
);

sideBySide(
  {
    id: "sqs.attributes.empty",
    area,
    says: "A message attribute with an empty value is refused.",
    docs: pages.send,
    evidence: sqs("test_send_message_with_empty_string_attribute", "2024-04-30"),
  },
  async () => {
    const MessageAttributes = { cause: { DataType: "String", StringValue: "" } };
    expect(await refusalOf(send("attributes", "a", { MessageAttributes }))).toEqual({
      code: "InvalidParameterValue",
      message: "Message (user) attribute 'cause' must contain a non-empty value of type 'String'.",
    });
  },
);

sideBySide(
  {
    id: "sqs.attributes.trace",
    area,
    says: "The system attribute AWSTraceHeader travels with the message.",
    docs: pages.send,
    evidence: sqs("test_aws_trace_header_propagation", "2025-06-27"),
    differences: {
      embedded: "AWS is right, by the recording: fauxqs drops it. Nothing here uses it; traceparent is in the events.",
    },
  },
  async () => {
    const StringValue = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1";
    await send("trace", "a", { MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue } } });
    expect((await takeOne("trace")).Attributes?.AWSTraceHeader).toBe(StringValue);
  },
);

sideBySide(
  {
    id: "sqs.queue.states",
    area,
    says: "A queue's attributes count its messages apart: visible, in flight and delayed.",
    docs: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html",
    evidence: sqs("test_approximate_number_of_messages_not_visible", "2025-09-26"),
  },
  async () => {
    for (const body of ["a", "b", "c"]) await send("states", body);
    await send("states", "d", { DelaySeconds: 900 });
    await receive("states", { MaxNumberOfMessages: 1 });
    await vi.waitFor(async () => expect(await depth("states")).toEqual({ visible: 2, inFlight: 1, delayed: 1 }), {
      timeout: 10_000,
      interval: 200,
    });
  },
);

sideBySide(
  {
    id: "sqs.queue.unknown",
    area,
    says: "A call for a queue that does not exist fails with QueueDoesNotExist.",
    docs: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html",
    evidence: sqs("test_non_existent_queue", "2024-04-30"),
  },
  async () => {
    const refusal = await refusalOf(target.sqs.send(new GetQueueUrlCommand({ QueueName: "fidelity-no-such-queue" })));
    expect(refusal.code).toMatch(/^(QueueDoesNotExist|NonExistentQueue)$/);
    expect(refusal.message).toMatch(/^The specified queue does not exist/);
  },
);

behaviour(
  {
    id: "sqs.retention",
    area,
    says: "A message is gone when the queue's retention is over, received or not.",
    docs: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
    evidence: documented,
    // Seen only where the clock can be put forward: the shortest retention is a minute.
    targets: ["embedded"],
  },
  async () => {
    await send("retention", "a");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 345_599_000 - 5_000 });
    try {
      expect(await receive("retention", { VisibilityTimeout: 0 })).toHaveLength(1);
      vi.setSystemTime(Date.now() + 10_000);
      expect(await receive("retention", { WaitTimeSeconds: 0 })).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  },
);

behaviour({
  id: "sqs.standard.order",
  area,
  says: "A standard queue may deliver out of order.",
  docs: pages.standard,
  evidence: documented,
  unchecked: "No target does it on purpose; the suites of the project send late and out of order themselves.",
});

behaviour({
  id: "sqs.standard.twice",
  area,
  says: "A standard queue may deliver a message more than once, even after it was deleted.",
  docs: pages.standard,
  evidence: documented,
  unchecked: "No target does it on purpose; the suites of the project deliver twice themselves.",
});

behaviour({
  id: "sqs.inflight.limit",
  area,
  says: "About 120,000 messages may be in flight in a standard queue; beyond that a short poll fails with OverLimit.",
  docs: pages.visibility,
  evidence: documented,
  unchecked: "Too many messages for a suite; the event source mapping holds at most a few batches at a time.",
});
