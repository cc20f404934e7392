import {
  type MessageAttributeValue,
  PublishBatchCommand,
  PublishCommand,
  type PublishCommandInput,
} from "@aws-sdk/client-sns";
import { DeleteQueueCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect } from "vitest";
import { behaviour, sideBySide, startTarget } from "./behaviour.ts";
import { messagesOf, refusalOf } from "./messages.ts";
import { documented, pages, recorded } from "./row.ts";
import { letIn, type Target } from "./topology.ts";

/** Filter policies on attributes, each on a topic and a queue of its own. */
const filters = {
  country: { country: ["PE", "CL"] },
  both: { country: ["PE"], kind: ["new"] },
  list: { store: ["one"] },
  number: { price: [{ numeric: [">", 0, "<=", 100] }] },
  there: { store: [{ exists: true }] },
  absent: { store: [{ exists: false }] },
  other: { kind: [null, { "anything-but": "test" }] },
  prefix: { kind: [{ prefix: "order-" }] },
};
const body = { order: { kind: [{ prefix: "auto-" }, "manual"], test: [{ exists: false }] } };

let target: Target;
beforeAll(async () => {
  target = await startTarget((build) => {
    const { queue, queueArn, topic, subscription } = build;
    const raw = { rawMessageDelivery: true };
    const closed = (name: string) => queue(name, { policy: [letIn(queueArn(name), "events.amazonaws.com")] });
    const plain = ["raw", "wrapped", "body", "gone", "gone-dead", "wrapped-gone", "wrapped-gone-dead"];
    return {
      topics: [
        "raw",
        "wrapped",
        "body",
        "gone",
        "wrapped-gone",
        "closed",
        "delayed",
        "fan",
        ...Object.keys(filters),
      ].map(topic),
      queues: [
        ...[...plain, "closed-dead", "fan-one", "fan-two", ...Object.keys(filters)].map((name) => queue(name)),
        closed("closed"),
        closed("fan-closed"),
        queue("delayed", { delaySeconds: 3 }),
      ],
      subscriptions: [
        ...Object.entries(filters).map(([name, filterPolicy]) =>
          subscription(name, name, { ...raw, filterPolicy, filterPolicyScope: "MessageAttributes" }),
        ),
        subscription("body", "body", { ...raw, filterPolicy: body, filterPolicyScope: "MessageBody" }),
        subscription("raw", "raw", raw),
        subscription("wrapped", "wrapped"),
        subscription("gone", "gone", { ...raw, deadLetterArn: queueArn("gone-dead") }),
        subscription("wrapped-gone", "wrapped-gone", { deadLetterArn: queueArn("wrapped-gone-dead") }),
        subscription("closed", "closed", { ...raw, deadLetterArn: queueArn("closed-dead") }),
        subscription("delayed", "delayed", raw),
        ...["fan-one", "fan-closed", "fan-two"].map((name) => subscription("fan", name, raw)),
      ],
    };
  });
});
afterAll(() => target?.stop());
const { url, receive, take, takeOne } = messagesOf(() => target);
const area = "SNS" as const;
const filtered = (test: string, date: string) => recorded("sns/test_sns_filter_policy", test, date);
const sns = (test: string, date: string) => recorded("sns/test_sns", test, date);

type Attributes = Record<string, MessageAttributeValue>;
const text = (StringValue: string) => ({ DataType: "String", StringValue });
const number = (StringValue: string) => ({ DataType: "Number", StringValue });
const list = (...values: unknown[]) => ({ DataType: "String.Array", StringValue: JSON.stringify(values) });

const topicArn = (name: string) => target.graph.topics.find((topic) => topic.name === name)?.arn;
const publish = (topic: string, Message: string, more: Partial<PublishCommandInput> = {}) =>
  target.sns.send(new PublishCommand({ TopicArn: topicArn(topic), Message, ...more }));

/** Publishes what must not come, then what must, and sees that only the latter came. */
async function passes(topic: keyof typeof filters, wanted: Attributes[], unwanted: Attributes[]): Promise<void> {
  for (const [index, MessageAttributes] of unwanted.entries())
    await publish(topic, `no ${index}`, { MessageAttributes });
  for (const [index, MessageAttributes] of wanted.entries())
    await publish(topic, `yes ${index}`, { MessageAttributes });
  const bodies = (await take(topic, wanted.length)).map(({ Body }) => Body).sort();
  expect(bodies).toEqual(wanted.map((_, index) => `yes ${index}`));
  expect(await receive(topic, { WaitTimeSeconds: 1 })).toEqual([]);
}

sideBySide(
  {
    id: "sns.filter.values",
    area,
    says: "A filter passes a message whose attribute has one of the values; another value, or no attribute, does not pass.",
    docs: pages.filter,
    evidence: filtered("test_exists_filter_policy_attributes_array, test_filter_policy", "2024-05-14"),
  },
  () =>
    passes(
      "country",
      [{ country: text("PE") }, { country: text("CL"), other: text("x") }],
      [{ country: text("BO") }, { country: text("pe") }, { other: text("PE") }, {}],
    ),
);

sideBySide(
  {
    id: "sns.filter.and",
    area,
    says: "All attributes that a filter names must match.",
    docs: pages.filter,
    evidence: documented,
  },
  () =>
    passes(
      "both",
      [{ country: text("PE"), kind: text("new") }],
      [{ country: text("PE") }, { country: text("PE"), kind: text("old") }],
    ),
);

sideBySide(
  {
    id: "sns.filter.array",
    area,
    says: "An attribute of type String.Array matches when one of its values does.",
    docs: pages.filter,
    evidence: filtered("test_exists_filter_policy_attributes_array", "2024-05-14"),
  },
  () => passes("list", [{ store: text("one") }, { store: list("one", "two") }], [{ store: list("two", "three") }]),
);

sideBySide(
  {
    id: "sns.filter.numeric",
    area,
    says: "A numeric filter compares attributes of type Number.",
    docs: pages.filter,
    evidence: filtered("test_filter_policy", "2024-05-14"),
  },
  () => passes("number", [{ price: number("99") }, { price: number("0.5") }], [{ price: number("111") }, {}]),
);

sideBySide(
  {
    id: "sns.filter.exists",
    area,
    says: "exists passes what has the attribute, or what has it not.",
    docs: pages.filter,
    evidence: filtered("test_exists_filter_policy", "2024-05-14"),
  },
  async () => {
    await passes("there", [{ store: number("99"), other: number("1") }], [{ other: number("1") }]);
    await passes("absent", [{ other: number("1") }], [{ store: number("99"), other: number("1") }]);
  },
);

sideBySide(
  {
    id: "sns.filter.anything-but",
    area,
    says: "anything-but asks for the attribute to be there; null in the same list does not make up for it.",
    docs: pages.filter,
    evidence: filtered("test_filter_policy", "2024-05-14"),
  },
  () => passes("other", [{ kind: text("real") }], [{ kind: text("test") }, {}, { country: text("PE") }]),
);

sideBySide(
  {
    id: "sns.filter.prefix",
    area,
    says: "prefix compares the beginning of a text, with its case.",
    docs: pages.filter,
    evidence: documented,
  },
  () => passes("prefix", [{ kind: text("order-new") }], [{ kind: text("Order-new") }, { kind: text("reorder-new") }]),
);

sideBySide(
  {
    id: "sns.filter.body",
    area,
    says: "A filter on the body matches its JSON, nested too; a body that is no JSON object never passes.",
    docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering-scope.html",
    evidence: filtered("test_filter_policy_on_message_body", "2024-12-03"),
  },
  async () => {
    const unwanted = [{ order: { kind: "no-auto" } }, { order: { kind: "auto-1", test: 1 } }, { kind: "auto-1" }];
    for (const message of [...unwanted.map((it) => JSON.stringify(it)), "text", '"auto-1"'])
      await publish("body", message);
    await publish("body", JSON.stringify({ order: { kind: "auto-1" } }));
    await publish("body", JSON.stringify({ order: { kind: "manual" } }));
    const kinds = (await take("body", 2)).map(({ Body = "" }) => JSON.parse(Body).order.kind).sort();
    expect(kinds).toEqual(["auto-1", "manual"]);
    expect(await receive("body", { WaitTimeSeconds: 1 })).toEqual([]);
  },
);

sideBySide(
  {
    id: "sns.raw",
    area,
    says: "Raw delivery puts the message as it is, and its attributes become the SQS message's, type and all.",
    docs: pages.raw,
    evidence: sns("test_publish_sqs_from_sns, test_message_attributes_not_missing", "2023-08-24"),
  },
  async () => {
    const bytes = { DataType: "Binary", BinaryValue: new Uint8Array([2, 3, 4]) };
    await publish("raw", "hello", { MessageAttributes: { name: text("a"), price: number("99.12"), bytes } });
    const message = await takeOne("raw");
    expect(message.Body).toBe("hello");
    expect(message.MessageAttributes).toEqual({ name: text("a"), price: number("99.12"), bytes });
  },
);

sideBySide(
  {
    id: "sns.wrapped",
    area,
    says: "Without raw delivery the body is SNS's JSON, attributes are inside it, and the SQS message has none.",
    docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html",
    evidence: sns("test_publish_sqs_from_sns, test_message_attributes_not_missing", "2023-08-24"),
  },
  async () => {
    const bytes = { DataType: "Binary", BinaryValue: new Uint8Array([2, 3, 4]) };
    const { MessageId } = await publish("wrapped", "hello", { MessageAttributes: { name: text("a"), bytes } });
    const message = await takeOne("wrapped");
    expect(message.MessageAttributes).toBeUndefined();
    expect(JSON.parse(message.Body ?? "")).toEqual({
      Type: "Notification",
      MessageId,
      TopicArn: topicArn("wrapped"),
      Message: "hello",
      Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      SignatureVersion: "1",
      Signature: expect.any(String),
      SigningCertURL: expect.any(String),
      UnsubscribeURL: expect.any(String),
      MessageAttributes: { name: { Type: "String", Value: "a" }, bytes: { Type: "Binary", Value: "AgME" } },
    });
  },
);

sideBySide(
  {
    id: "sns.redrive.gone",
    area,
    says: "What is for a queue that is gone goes to the subscription's dead-letter queue, just as it would have been delivered.",
    docs: pages.snsDeadLetters,
    evidence: sns("test_redrive_policy_sqs_queue_subscription[True], [False]", "2023-08-24"),
  },
  async () => {
    for (const name of ["gone", "wrapped-gone"]) {
      await target.sqs.send(new DeleteQueueCommand({ QueueUrl: url(name) }));
      await publish(name, "hello", { MessageAttributes: { price: number("111") } });
    }
    expect(await takeOne("gone-dead")).toMatchObject({ Body: "hello", MessageAttributes: { price: number("111") } });
    const wrapped = await takeOne("wrapped-gone-dead");
    expect(wrapped.MessageAttributes).toBeUndefined();
    expect(JSON.parse(wrapped.Body ?? "")).toMatchObject({
      Message: "hello",
      MessageAttributes: { price: { Type: "Number", Value: "111" } },
    });
  },
);

sideBySide(
  {
    id: "sns.redrive.closed",
    area,
    says: "What the queue's policy does not let in goes to the subscription's dead-letter queue.",
    docs: pages.snsDeadLetters,
    evidence: documented,
  },
  async () => {
    await publish("closed", "hello");
    expect((await takeOne("closed-dead")).Body).toBe("hello");
    expect(await receive("closed", { WaitTimeSeconds: 0 })).toEqual([]);
  },
);

sideBySide(
  {
    id: "sns.fan-out",
    area,
    says: "Each subscription gets a message of its own, whatever becomes of the others.",
    docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-common-scenarios.html",
    evidence: documented,
  },
  async () => {
    await publish("fan", "hello");
    expect([(await takeOne("fan-one")).Body, (await takeOne("fan-two")).Body]).toEqual(["hello", "hello"]);
    expect(await receive("fan-closed", { WaitTimeSeconds: 0 })).toEqual([]);
  },
);

sideBySide(
  {
    id: "sns.delay",
    area,
    says: "A queue's delay holds what a topic delivers to it, too.",
    docs: pages.delay,
    evidence: documented,
  },
  async () => {
    const publishedAt = Date.now();
    await publish("delayed", "hello");
    expect((await takeOne("delayed")).Body).toBe("hello");
    expect(Date.now() - publishedAt).toBeGreaterThanOrEqual(3_000);
  },
);

sideBySide(
  {
    id: "sns.size",
    area,
    says: "A message is at most 256 KB of text and attributes together.",
    docs: pages.publish,
    evidence: sns("test_publish_too_long_message", "2025-11-19"),
  },
  async () => {
    const most = "x".repeat(256 * 1024);
    const refusal = await refusalOf(publish("raw", most, { MessageAttributes: { a: text("b") } }));
    expect(refusal.code).toBe("InvalidParameter");
    expect(refusal.message).toMatch(/^Invalid parameter: Message too long/);
    expect((await refusalOf(publish("raw", `${most}x`))).code).toBe("InvalidParameter");
  },
);

sideBySide(
  {
    id: "sns.attribute.empty",
    area,
    says: "A message attribute with an empty value is refused.",
    docs: pages.publish,
    evidence: sns("test_empty_or_wrong_message_attributes", "2024-11-15"),
  },
  async () => {
    const refusal = await refusalOf(publish("raw", "hello", { MessageAttributes: { cause: text("") } }));
    // The code on the wire is ParameterValueInvalid; the SDK names it by the shape.
    expect(refusal.code).toMatch(/^(ParameterValueInvalid|InvalidParameterValue)$/);
    expect(refusal.message).toMatch(
      /'cause' must contain non-empty message attribute value for message attribute type/,
    );
  },
);

sideBySide(
  {
    id: "sns.topic.unknown",
    area,
    says: "Publishing to a topic that does not exist fails with NotFound.",
    docs: pages.publish,
    evidence: sns("test_unknown_topic_publish", "2025-11-19"),
  },
  async () => {
    const TopicArn = `arn:aws:sns:${target.region}:${target.account}:fidelity-no-such-topic`;
    expect(await refusalOf(target.sns.send(new PublishCommand({ TopicArn, Message: "a" })))).toEqual({
      code: "NotFound",
      message: "Topic does not exist",
    });
  },
);

sideBySide(
  {
    id: "sns.batch",
    area,
    says: "A batch holds 1 to 10 entries with ids that differ and 256 KB in all; else all of it is refused.",
    docs: "https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html",
    evidence: sns("test_publish_batch_exceptions, test_publish_batch_too_long_message", "2025-11-19"),
  },
  async () => {
    const batch = async (messages: string[], id = (index: number) => String(index)) => {
      const PublishBatchRequestEntries = messages.map((Message, index) => ({ Id: id(index), Message }));
      const command = new PublishBatchCommand({ TopicArn: topicArn("raw"), PublishBatchRequestEntries });
      return (await refusalOf(target.sns.send(command))).code;
    };
    expect(await batch(Array(11).fill("a"))).toBe("TooManyEntriesInBatchRequest");
    expect(await batch(["a", "b"], () => "same")).toBe("BatchEntryIdsNotDistinct");
    const half = "x".repeat(128 * 1024);
    expect(await batch([half, `${half}x`])).toBe("BatchRequestTooLong");
  },
);

behaviour({
  id: "sns.raw.ten",
  area,
  says: "With raw delivery a message with more than ten attributes is not delivered: a client-side error.",
  docs: pages.raw,
  evidence: documented,
  unchecked: "Nothing here sends more than two attributes, and what becomes of the message is not said in detail.",
});

behaviour({
  id: "sns.retry",
  area,
  says: "A queue that SNS cannot reach is tried 100,015 times over 23 days before the message is dead-lettered.",
  docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html",
  evidence: documented,
  unchecked: "No target has a queue that fails for a time; in the embedded one topics and queues are one process.",
});

behaviour({
  id: "sns.twice",
  area,
  says: "A standard topic delivers at least once and in no promised order.",
  docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-fifo-topics.html",
  evidence: documented,
  unchecked: "No target does it on purpose; the suites of the project deliver late and twice themselves.",
});
