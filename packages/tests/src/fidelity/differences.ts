import type { TargetName } from "./row.ts";

/** Something that a target does otherwise than AWS, and the rows that show it. */
interface Difference {
  target: TargetName;
  /** Who is right, by which evidence. */
  why: string;
  rows: string[];
}

/*
 * Where the targets that others wrote differ from AWS, as the suite found it. What the evidence of a row says AWS does is
 * taken to be right. The rows about DynamoDB say it beside their tests.
 */
const found: Difference[] = [
  {
    target: "ministack",
    rows: ["events.pattern.paths"],
    why: "AWS is right, by the recording: MiniStack does not take a dot in an event's key for a step down.",
  },
  {
    target: "ministack",
    rows: ["events.pattern.detail.text"],
    why: "AWS is right, by the recording: MiniStack parses a detail that is a text and matches what is inside.",
  },
  {
    target: "ministack",
    rows: ["events.pattern.refused.anything-but"],
    why: "AWS is right, by the recording: MiniStack refuses the same patterns, some with other words.",
  },
  {
    target: "ministack",
    rows: ["events.pattern.refused.complex"],
    why: "AWS is right, by the recording: MiniStack takes the pattern.",
  },
  {
    target: "ministack",
    rows: ["events.pattern.event"],
    why: "AWS is right, by the recording: MiniStack refuses such an event with another code, InvalidEventPatternException.",
  },
  {
    target: "ministack",
    rows: ["events.envelope"],
    why: "AWS is right, by the recording: MiniStack writes the time of the call, not the Time of the entry.",
  },
  {
    target: "ministack",
    rows: ["events.put.codes", "events.put.ten", "events.put.size"],
    why: "AWS is right, by the recordings: MiniStack does not check the entries of a call.",
  },
  {
    target: "ministack",
    rows: ["events.target.permission", "events.target.gone"],
    why: "AWS is right, by its page: MiniStack's EventBridge has no dead-letter queues and asks no queue policy. A target that a policy keeps out is not made there.",
  },
  {
    target: "ministack",
    rows: ["sqs.poll.limits", "sqs.message.size", "sqs.attributes.empty"],
    why: "AWS is right, by the recordings: MiniStack lets a poll wait longer than 20 seconds, does not count attributes, and accepts empty values.",
  },
  {
    target: "moto",
    rows: [
      ...[
        "exact",
        "arrays",
        "prefix",
        "case",
        "wildcard",
        "numeric",
        "exists",
        "anything-but",
        "anything-but.operators",
      ],
      ...["cidr", "alternatives", "and", "or", "paths", "array.items", "detail.text", "event"],
      ...["refused.shape", "refused.operand", "refused.numeric", "refused.anything-but", "refused.complex"],
      ...["refused.names", "refused.keys", "refused.mixed", "refused.or", "refused.complex.sum"],
      ...["or.names", "complex.enough"],
    ].map((name) => `events.pattern.${name}`),
    why: "moto has no TestEventPattern, which these rows ask: it answers 200 with nothing in it.",
  },
  {
    target: "moto",
    rows: ["events.envelope"],
    why: "AWS is right, by the recording: moto's envelope lacks the account.",
  },
  {
    target: "moto",
    rows: ["events.put.codes", "events.put.ten"],
    why: "AWS is right, by the recordings: moto checks only part of what AWS checks.",
  },
  {
    target: "moto",
    rows: ["events.put.size"],
    why: "AWS is right, by the recording: moto refuses such a call with the error of the SQS behind, not with a ValidationException.",
  },
  {
    target: "moto",
    rows: ["events.put.bus"],
    why: "AWS is right, by the recording: moto answers ResourceNotFoundException.",
  },
  {
    target: "moto",
    rows: ["events.target.permission", "events.target.gone"],
    why: "AWS is right, by its page: moto's EventBridge has no dead-letter queues, asks no queue policy, and fails the call when a target is gone. A target that a policy keeps out is not made there.",
  },
  {
    target: "moto",
    rows: ["sqs.redrive.kept"],
    why: "AWS is right, by the recording: in moto a dead letter has no DeadLetterQueueSourceArn.",
  },
  {
    target: "moto",
    rows: ["sqs.poll.limits"],
    why: "AWS is right, by the recording: moto refuses the same, in other words.",
  },
  {
    target: "moto",
    rows: ["sqs.message.size", "sqs.attributes.empty"],
    why: "AWS is right, by the recordings: moto does not count attributes, and accepts empty values.",
  },
  {
    target: "ministack",
    rows: ["sns.wrapped"],
    why: "AWS is right, by the recording: MiniStack leaves the value of a binary attribute empty.",
  },
  {
    target: "ministack",
    rows: ["sns.redrive.gone"],
    why: "AWS is right, by its page: MiniStack's SNS drops what is for a queue that is gone.",
  },
  {
    target: "ministack",
    rows: ["sns.attribute.empty", "sns.batch"],
    why: "AWS is right, by the recordings: MiniStack accepts empty values, and does not count a batch together.",
  },
  {
    target: "ministack",
    rows: ["sns.topic.unknown"],
    why: "AWS is right, by the recording: MiniStack refuses the same, in other words.",
  },
  {
    target: "moto",
    rows: ["sns.raw", "sns.wrapped"],
    why: "AWS is right, by the recordings: with a binary attribute in it a raw message cannot be received from moto (500), and its SignatureVersion is 2, not 1.",
  },
  {
    target: "moto",
    rows: ["sns.redrive.gone"],
    why: "AWS is right, by its page: moto fails the call that publishes when a queue is gone.",
  },
  {
    target: "moto",
    rows: ["sns.size", "sns.batch"],
    why: "AWS is right, by the recordings: moto does not count attributes, nor a batch together.",
  },
  {
    target: "moto",
    rows: ["sns.attribute.empty", "sns.topic.unknown"],
    why: "AWS is right, by the recordings: moto refuses the same, with another code or in other words.",
  },
];

/** How a row's targets differ, for those that are not embedded. */
export function differencesOf(id: string): Partial<Record<TargetName, string>> {
  return Object.fromEntries(found.filter(({ rows }) => rows.includes(id)).map(({ target, why }) => [target, why]));
}

/** The rows that are named here. */
export const differingRows: string[] = [...new Set(found.flatMap(({ rows }) => rows))];
