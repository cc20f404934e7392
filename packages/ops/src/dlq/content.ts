import * as v from "valibot";

const uuid = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/));
const type = v.pipe(v.string(), v.regex(/^[a-z_.]{1,60}\.v\d{1,4}$/));
const event = v.object({ subject: v.optional(v.unknown()), type: v.optional(v.unknown()) });
const envelope = v.object({ detail: event });

/** The event in a message, straight or in EventBridge's envelope; nothing when it holds none. */
function eventIn(body: string): v.InferOutput<typeof event> | undefined {
  try {
    const json: unknown = JSON.parse(body);
    const outer = v.safeParse(envelope, json);
    if (outer.success) return outer.output.detail;
    const inner = v.safeParse(event, json);
    return inner.success ? inner.output : undefined;
  } catch {
    return undefined;
  }
}

/** The appointment that a message is about, or `null` when it does not tell in our way. */
export function appointmentIn(body: string): string | null {
  const subject = eventIn(body)?.subject;
  return v.is(uuid, subject) ? subject : null;
}

/** The event's type, or `null`. */
export function typeIn(body: string): string | null {
  const found = eventIn(body)?.type;
  return v.is(type, found) ? found : null;
}
