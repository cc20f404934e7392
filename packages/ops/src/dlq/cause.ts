import type { Letter } from "./letters.ts";

/** What our consumers add to a message that they bury. */
const ours = ["cause", "sourceMessageId"];
/** What EventBridge adds: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
const ofEventBridge = [
  "RULE_ARN",
  "TARGET_ARN",
  "ERROR_CODE",
  "ERROR_MESSAGE",
  "EXHAUSTED_RETRY_CONDITION",
  "RETRY_ATTEMPTS",
];

const text = (letter: Letter, name: string) => letter.attributes[name]?.StringValue;

/** Why a message is in the dead-letter queue, as far as it says. */
export function causeOf(letter: Letter): string {
  const cause = text(letter, "cause");
  if (cause !== undefined) return cause;
  const code = text(letter, "ERROR_CODE");
  if (code !== undefined) return `EventBridge could not deliver it: ${code}`;
  return "not told: SQS or SNS moved it here";
}

/** The attributes that the message came with, before it was buried. */
export function originalAttributes(letter: Pick<Letter, "attributes">): Letter["attributes"] {
  const fromEventBridge = letter.attributes.RULE_ARN !== undefined && letter.attributes.TARGET_ARN !== undefined;
  const added = new Set([...ours, ...(fromEventBridge ? ofEventBridge : [])]);
  const kept = Object.entries(letter.attributes).filter(([name]) => !added.has(name));
  // What a receive answers has list members that a send refuses.
  return Object.fromEntries(
    kept.map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { DataType, ...(BinaryValue === undefined ? { StringValue } : { BinaryValue }) },
    ]),
  );
}
