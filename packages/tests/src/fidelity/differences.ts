import type { TargetName } from "./row.ts";

/** The rows that ask TestEventPattern. */
const patterns = `exact arrays prefix case wildcard numeric exists anything-but anything-but.operators cidr
   alternatives and or paths array.items detail.text event refused.shape refused.operand
   refused.numeric refused.anything-but refused.complex refused.names refused.keys refused.mixed
   refused.or refused.complex.sum or.names complex.enough`.split(/\s+/);

/*
 * Where the targets that others wrote differ from AWS, as the suite found it. What the evidence of a row says AWS does is
 * taken to be right. The rows about DynamoDB say it beside their tests.
 * By target: why, who is right by which evidence; and the rows that show it.
 */
const found: Partial<Record<TargetName, Record<string, string[]>>> = {
  ministack: {
    "AWS is right, by the recording: MiniStack does not take a dot in an event's key for a step down.": [
      "events.pattern.paths",
    ],
    "AWS is right, by the recording: MiniStack parses a detail that is a text and matches what is inside.": [
      "events.pattern.detail.text",
    ],
    "AWS is right, by the recording: MiniStack refuses the same patterns, some with other words.": [
      "events.pattern.refused.anything-but",
    ],
    "AWS is right, by the recording: MiniStack takes the pattern.": ["events.pattern.refused.complex"],
    "AWS is right, by the rules of its own matcher: MiniStack refuses the same patterns, some with other words.": [
      "events.pattern.refused.keys",
      "events.pattern.refused.or",
    ],
    "AWS is right, by the rules of its own matcher: MiniStack takes the pattern.": [
      "events.pattern.refused.complex.sum",
    ],
    "AWS is right, by the recording: MiniStack refuses such an event with another code, InvalidEventPatternException.":
      ["events.pattern.event"],
    "AWS is right, by the recording: MiniStack writes the time of the call, not the Time of the entry.": [
      "events.envelope",
    ],
    "AWS is right, by the recordings: MiniStack does not check the entries of a call.": [
      "events.put.codes",
      "events.put.ten",
      "events.put.size",
    ],
    "AWS is right, by its page: MiniStack's EventBridge has no dead-letter queues and asks no queue policy. A target that a policy keeps out is not made there.":
      ["events.target.permission", "events.target.gone"],
    "AWS is right, by the recordings: MiniStack lets a poll wait longer than 20 seconds, does not count attributes, and accepts empty values.":
      ["sqs.poll.limits", "sqs.message.size", "sqs.attributes.empty"],
    "AWS is right, by the recording: MiniStack leaves the value of a binary attribute empty.": ["sns.wrapped"],
    "AWS is right, by its page: MiniStack's SNS drops what is for a queue that is gone.": ["sns.redrive.gone"],
    "AWS is right, by the recordings: MiniStack accepts empty values, and does not count a batch together.": [
      "sns.attribute.empty",
      "sns.batch",
    ],
    "AWS is right, by the recording: MiniStack refuses the same, in other words.": ["sns.topic.unknown"],
  },
  moto: {
    "moto has no TestEventPattern, which these rows ask: it answers 200 with nothing in it.": patterns.map(
      (name) => `events.pattern.${name}`,
    ),
    "AWS is right, by the recording: moto's envelope lacks the account.": ["events.envelope"],
    "AWS is right, by the recordings: moto checks only part of what AWS checks.": [
      "events.put.codes",
      "events.put.ten",
    ],
    "AWS is right, by the recording: moto refuses such a call with the error of the SQS behind, not with a ValidationException.":
      ["events.put.size"],
    "AWS is right, by the recording: moto answers ResourceNotFoundException.": ["events.put.bus"],
    "AWS is right, by its page: moto's EventBridge has no dead-letter queues, asks no queue policy, and fails the call when a target is gone. A target that a policy keeps out is not made there.":
      ["events.target.permission", "events.target.gone"],
    "AWS is right, by the recording: in moto a dead letter has no DeadLetterQueueSourceArn.": ["sqs.redrive.kept"],
    "AWS is right, by the recording: moto refuses the same, in other words.": ["sqs.poll.limits"],
    "AWS is right, by the recordings: moto does not count attributes, and accepts empty values.": [
      "sqs.message.size",
      "sqs.attributes.empty",
    ],
    "AWS is right, by the recordings: with a binary attribute in it a raw message cannot be received from moto (500), and its SignatureVersion is 2, not 1.":
      ["sns.raw", "sns.wrapped"],
    "AWS is right, by its page: moto fails the call that publishes when a queue is gone.": ["sns.redrive.gone"],
    "AWS is right, by the recordings: moto does not count attributes, nor a batch together.": ["sns.size", "sns.batch"],
    "AWS is right, by the recordings: moto refuses the same, with another code or in other words.": [
      "sns.attribute.empty",
      "sns.topic.unknown",
    ],
  },
};

/** How a row's targets differ, for those that are not embedded. */
export function differencesOf(id: string): Partial<Record<TargetName, string>> {
  return Object.fromEntries(
    Object.entries(found).flatMap(([target, differences]) =>
      Object.entries(differences).flatMap(([why, rows]) => (rows.includes(id) ? [[target, why]] : [])),
    ),
  );
}

/** The rows that are named here. */
export const differingRows: string[] = [...new Set(Object.values(found).flatMap((by) => Object.values(by).flat()))];
