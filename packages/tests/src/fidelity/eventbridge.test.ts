import { PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { DeleteQueueCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect } from "vitest";
import { behaviour, sideBySide, startTarget } from "./behaviour.ts";
import { messagesOf, refusalOf } from "./messages.ts";
import { documented, pages, recorded } from "./row.ts";
import { letIn, type Target } from "./topology.ts";

let target: Target;
beforeAll(async () => {
  target = await startTarget((build) => {
    const { queue, queueArn, rule } = build;
    const closed = (name: string) => queue(name, { policy: [letIn(queueArn(name), "sns.amazonaws.com")] });
    const on = (name: string, arn: string, dead?: string) =>
      rule("bus", name, { source: [name] }, [{ arn, ...(dead ? { deadLetterArn: queueArn(dead) } : {}) }]);
    return {
      buses: [build.bus("bus")],
      queues: [
        ...["plain", "twice", "large", "codes", "array", "dead", "dead-gone", "gone", "open"].map((name) =>
          queue(name),
        ),
        closed("closed"),
        closed("closed-too"),
      ],
      rules: [
        ...["plain", "large", "codes"].map((name) => on(name, queueArn(name))),
        on("twice", queueArn("twice")),
        rule("bus", "twice-more", { source: ["twice"] }, [{ arn: queueArn("twice") }]),
        rule("bus", "array", { resources: [{ prefix: "arn:b" }] }, [{ arn: queueArn("array") }]),
        on("closed", queueArn("closed"), "dead"),
        rule("bus", "half", { source: ["half"] }, [{ arn: queueArn("closed-too") }, { arn: queueArn("open") }]),
        on("gone", queueArn("gone"), "dead-gone"),
      ],
    };
  });
});
afterAll(() => target?.stop());
const { url, receive, take, takeOne } = messagesOf(() => target);
const area = "EventBridge" as const;
const events = (test: string, date = "2025-01-08") => recorded("events/test_events", test, date);

const entry = (Source: string, more: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  EventBusName: target.graph.buses[0]?.busName,
  Source,
  DetailType: "order.changed",
  Detail: JSON.stringify({ state: "done" }),
  ...more,
});
const put = (...Entries: PutEventsRequestEntry[]) => target.events.send(new PutEventsCommand({ Entries }));

sideBySide(
  {
    id: "events.envelope",
    area,
    says: "A target gets the event in EventBridge's envelope: these fields and no other, time in seconds, the detail as an object.",
    docs: pages.envelope,
    evidence: recorded("events/test_events_targets", "test_put_events_with_target_sqs", "2024-07-11"),
  },
  async () => {
    const { Entries } = await put(entry("plain", { Time: new Date("2026-01-02T03:04:05.678Z"), Resources: ["arn:a"] }));
    expect(JSON.parse((await takeOne("plain")).Body ?? "")).toEqual({
      version: "0",
      id: Entries?.[0]?.EventId,
      "detail-type": "order.changed",
      source: "plain",
      account: target.account,
      time: "2026-01-02T03:04:05Z",
      region: target.region,
      resources: ["arn:a"],
      detail: { state: "done" },
    });
  },
);

sideBySide(
  {
    id: "events.put.codes",
    area,
    says: "A bad entry fails by itself, with its code, and FailedEntryCount counts it; the call succeeds, and so do the others.",
    docs: pages.putEvents,
    evidence: events("test_put_events_without_source, test_put_event_without_detail, test_put_event_malformed_detail"),
  },
  async () => {
    const answer = await put(
      entry("codes", { Source: "" }),
      entry("codes", { DetailType: "" }),
      entry("codes", { Detail: "" }),
      entry("codes", { Detail: "{" }),
      entry("codes", { Detail: "[1]" }),
      entry("codes", { Detail: '"{}"' }),
      entry("codes"),
    );
    expect(answer.FailedEntryCount).toBe(6);
    expect(answer.Entries?.map(({ ErrorCode, ErrorMessage }) => [ErrorCode, ErrorMessage])).toEqual([
      ["InvalidArgument", "Parameter Source is not valid. Reason: Source is a required argument."],
      ["InvalidArgument", "Parameter DetailType is not valid. Reason: DetailType is a required argument."],
      ["InvalidArgument", "Parameter Detail is not valid. Reason: Detail is a required argument."],
      ["MalformedDetail", "Detail is malformed."],
      ["MalformedDetail", "Detail is malformed."],
      ["MalformedDetail", "Detail is malformed."],
      [undefined, undefined],
    ]);
    expect(JSON.parse((await takeOne("codes")).Body ?? "").id).toBe(answer.Entries?.[6]?.EventId);
  },
);

sideBySide(
  {
    id: "events.put.ten",
    area,
    says: "A call with more than ten entries, or with none, is refused whole.",
    docs: pages.putEvents,
    evidence: events("test_put_events_exceed_limit_ten_entries"),
  },
  async () => {
    const many = await refusalOf(put(...Array.from({ length: 11 }, () => entry("nobody"))));
    expect(many.code).toBe("Validation");
    expect(many.message).toMatch(
      /at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10/,
    );
    expect((await refusalOf(put())).code).toBe("Validation");
  },
);

sideBySide(
  {
    id: "events.put.size",
    area,
    says: "The entries of a call are at most 1 MB together (256 KB until 2026-01-29); more is refused whole.",
    docs: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html",
    evidence: events("test_put_event_with_too_big_detail (code and words; the limit was 256 KB then)"),
  },
  async () => {
    const Detail = JSON.stringify({ text: "x".repeat(1024 * 1024) });
    expect(await refusalOf(put(entry("large", { Detail })))).toEqual({
      code: "Validation",
      message: "Total size of the entries in the request is over the limit.",
    });
    const most = JSON.stringify({ text: "x".repeat(900 * 1024) });
    expect((await put(entry("large", { Detail: most }))).FailedEntryCount).toBe(0);
    expect(JSON.parse((await takeOne("large")).Body ?? "").detail).toEqual(JSON.parse(most));
  },
);

sideBySide(
  {
    id: "events.put.bus",
    area,
    says: "An event for a bus that does not exist is accepted, with an id, and gone.",
    docs: pages.putEvents,
    evidence: events("test_put_events_nonexistent_event_bus"),
  },
  async () => {
    const answer = await put(entry("plain", { EventBusName: "fidelity-no-such-bus" }));
    expect([answer.FailedEntryCount, typeof answer.Entries?.[0]?.EventId]).toEqual([0, "string"]);
  },
);

sideBySide(
  {
    id: "events.rule.several",
    area,
    says: "Each rule that matches delivers, to the same target too: two messages with the same event id.",
    docs: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rules.html",
    evidence: events("test_process_to_multiple_matching_rules_single_target"),
  },
  async () => {
    const { Entries } = await put(entry("twice"));
    const ids = (await take("twice", 2)).map(({ Body = "" }) => JSON.parse(Body).id);
    expect(ids).toEqual([Entries?.[0]?.EventId, Entries?.[0]?.EventId]);
  },
);

sideBySide(
  {
    id: "events.rule.resources",
    area,
    says: "A rule's pattern matches an event by one of its resources.",
    docs: pages.patternBasics,
    evidence: events("test_put_events_pattern_with_values_in_array"),
  },
  async () => {
    await put(entry("nobody", { Resources: ["arn:a"] }), entry("nobody", { Resources: ["arn:a", "arn:b/1"] }));
    expect(JSON.parse((await takeOne("array")).Body ?? "").resources).toEqual(["arn:a", "arn:b/1"]);
    expect(await receive("array", { WaitTimeSeconds: 1 })).toEqual([]);
  },
);

sideBySide(
  {
    id: "events.target.permission",
    area,
    says: "What a target's policy does not let in goes to the rule's dead-letter queue at once, as it is, with the cause in attributes.",
    docs: pages.eventDelivery,
    evidence: documented,
  },
  async () => {
    const answer = await put(entry("closed"));
    expect(answer.FailedEntryCount).toBe(0);
    const letter = await takeOne("dead");
    expect(JSON.parse(letter.Body ?? "")).toMatchObject({
      id: answer.Entries?.[0]?.EventId,
      detail: { state: "done" },
    });
    const attributes = Object.entries(letter.MessageAttributes ?? {}).map(([name, it]) => [name, it.StringValue]);
    expect(Object.fromEntries(attributes)).toMatchObject({
      ERROR_CODE: "NO_PERMISSIONS",
      RULE_ARN: expect.stringMatching(/:rule\/.*-bus\/.*-closed$/),
      TARGET_ARN: expect.stringMatching(/-closed$/),
      ERROR_MESSAGE: expect.any(String),
    });
    expect(await receive("closed", { WaitTimeSeconds: 0 })).toEqual([]);
  },
);

sideBySide(
  {
    id: "events.target.gone",
    area,
    says: "What is for a target that is gone goes to the rule's dead-letter queue at once; whoever put it does not hear of it.",
    docs: pages.eventDelivery,
    evidence: events("test_put_events_with_target_delivery_failure (that the call succeeds)"),
  },
  async () => {
    await target.sqs.send(new DeleteQueueCommand({ QueueUrl: url("gone") }));
    const answer = await put(entry("gone"));
    expect(answer.FailedEntryCount).toBe(0);
    const letter = await takeOne("dead-gone");
    expect(JSON.parse(letter.Body ?? "").id).toBe(answer.Entries?.[0]?.EventId);
    expect(letter.MessageAttributes?.ERROR_CODE?.StringValue).toBe("NO_RESOURCE");
  },
);

sideBySide(
  {
    id: "events.target.apart",
    area,
    says: "A target that cannot be delivered to, with no dead-letter queue, loses the event; the rule's other targets get it.",
    docs: pages.eventDelivery,
    evidence: documented,
  },
  async () => {
    const answer = await put(entry("half"));
    expect(answer.FailedEntryCount).toBe(0);
    expect(JSON.parse((await takeOne("open")).Body ?? "").id).toBe(answer.Entries?.[0]?.EventId);
    expect(await receive("closed-too", { WaitTimeSeconds: 0 })).toEqual([]);
  },
);

behaviour({
  id: "events.target.retry",
  area,
  says: "A target that fails for a time is tried again by the rule's retry policy, up to 185 times in 24 hours, then dead-lettered.",
  docs: pages.eventDelivery,
  evidence: documented,
  unchecked:
    "No target fails for a time in a way that EventBridge would retry; locally an unreachable queue fails the entry instead.",
});

behaviour({
  id: "events.twice",
  area,
  says: "EventBridge delivers at least once and in no promised order: a target may get an event twice.",
  docs: pages.eventDelivery,
  evidence: documented,
  unchecked: "No target does it on purpose; the suites of the project deliver late and twice themselves.",
});
