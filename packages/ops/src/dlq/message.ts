import * as v from "valibot";
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
  return "unknown: SQS or SNS moved it here";
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

const uuid = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/));
const type = v.pipe(v.string(), v.regex(/^[a-z_.]{1,60}\.v\d{1,4}$/));
const event = v.object({ subject: v.optional(v.unknown()), type: v.optional(v.unknown()) });
const enveloped = v.pipe(
  v.object({ detail: event }),
  v.transform(({ detail }) => detail),
);
const message = v.pipe(v.string(), v.parseJson(), v.union([enveloped, event]));

/** The event in a message, straight or in EventBridge's envelope; one of nothing when it holds none. */
const eventIn = (body: string): v.InferOutput<typeof event> => v.parse(v.fallback(message, {}), body);

/** The appointment that a message is about, or `null` when it has no `subject` of ours. */
export function appointmentIn(body: string): string | null {
  const { subject } = eventIn(body);
  return v.is(uuid, subject) ? subject : null;
}

/** The event's type, or `null`. */
export function typeIn(body: string): string | null {
  const { type: found } = eventIn(body);
  return v.is(type, found) ? found : null;
}

/** Members of our messages that identify no person, and their patterns. Everything else stays hidden. */
const word = /^[\w.:/+-]{1,200}$/;
const shown: Record<string, RegExp> = {
  specversion: /^1\.0$/,
  id: word,
  source: /^[a-z]+(\.[a-z]+)*$/,
  type: /^[a-z_.]+\.v\d+$/,
  subject: /^[0-9a-f-]{36}$/,
  time: /^\d{4}-[\d:.TZ-]+$/,
  datacontenttype: /^application\/json$/,
  traceparent: /^[0-9a-f-]{55}$/,
  appointmentId: /^[0-9a-f-]{36}$/,
  countryISO: /^[A-Z]{2}$/,
  status: /^[a-z]+$/,
  reason: /^[a-z_]+$/,
  kind: /^[a-z]+$/,
  createdAt: /^\d{4}-[\d:.TZ-]+$/,
  updatedAt: /^\d{4}-[\d:.TZ-]+$/,
  "detail-type": /^[a-z_.]+\.v\d+$/,
  region: /^[a-z0-9-]+$/,
};
const shownNumbers = new Set(["scheduleId", "version", "number"]);
const opened = new Set(["data", "detail", "change"]);

const hidden = "•••";
export const hint = "--show-personal shows what is hidden";

/** A body without what could identify a person: only members that we know, with values as we write them. */
export function withoutPersonal(body: string): string {
  try {
    return JSON.stringify(reduce(JSON.parse(body)), null, 2);
  } catch {
    return `${hidden} (${Buffer.byteLength(body)} bytes, not JSON; ${hint})`;
  }
}

function reduce(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return hidden;
  const members = Object.entries(value).map(([name, member]): [string, unknown] => {
    if (opened.has(name)) return [name, reduce(member)];
    const pattern = Object.hasOwn(shown, name) ? shown[name] : undefined;
    if (typeof member === "string" && pattern?.test(member) && !/^\d{5}$/.test(member)) return [name, member];
    if (typeof member === "number" && shownNumbers.has(name)) return [name, member];
    // Also the name of a member that we do not know is free text of the sender.
    return [pattern || shownNumbers.has(name) || name === "insuredId" ? name : hidden, hidden];
  });
  return Object.fromEntries(members);
}
