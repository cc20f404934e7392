import { type AppointmentOutcome, parseOutcome } from "@appointments/core/appointment/event";
import { AppError } from "@appointments/core/error";
import { describe, parse } from "@appointments/core/parse";
import * as v from "valibot";

/** https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
const envelope = v.strictObject({
  version: v.string(),
  id: v.string(),
  "detail-type": v.string(),
  source: v.string(),
  account: v.string(),
  time: v.string(),
  region: v.string(),
  resources: v.array(v.string()),
  /** Only on events that are replayed from an archive. */
  "replay-name": v.exactOptional(v.string()),
  detail: v.unknown(),
});

/** The outcome in an EventBridge envelope. Throws `message_invalid` and what `parseOutcome` throws. */
export function parseDelivered(json: unknown): AppointmentOutcome {
  const outer = parse(envelope, json);
  if (!outer.ok) throw new AppError("message_invalid", `Not an EventBridge event: ${describe(outer.faults)}`);
  const event = parseOutcome(outer.value.detail);
  // The rule matches on the envelope, we act on the detail: they must not differ.
  if (outer.value.source !== event.source || outer.value["detail-type"] !== event.type) {
    throw new AppError("message_invalid", "The envelope's source or detail-type is not that of its detail");
  }
  return event;
}
