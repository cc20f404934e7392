import * as v from "valibot";
import { AppError } from "./error.ts";
import { describe, parse } from "./parse.ts";
import { traceparent } from "./trace.ts";

/** A moment as this system writes it: ISO 8601, UTC, milliseconds; the times that `Date.parse` knows. */
export const timestamp = v.pipe(
  v.string("must be a time as 2026-11-24T03:00:00.000Z"),
  v.regex(
    /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}|24:00:00\.000)Z$/,
    "must be a time that exists, as 2026-11-24T03:00:00.000Z",
  ),
);

/** A CloudEvents 1.0 event in JSON, structured mode: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
export interface CloudEvent<Type extends string, Data> {
  specversion: "1.0";
  /** Deterministic: the same fact has the same id, however often it is sent. */
  id: string;
  source: string;
  type: Type;
  subject: string;
  time: string;
  datacontenttype: "application/json";
  traceparent?: string | undefined;
  data: Data;
}

/** The strict schema of one type of event. */
export const eventSchema = <Type extends string, Data extends v.GenericSchema>(type: Type, data: Data) =>
  v.strictObject({
    specversion: v.literal("1.0"),
    id: v.pipe(v.string(), v.nonEmpty()),
    source: v.pipe(v.string(), v.nonEmpty()),
    type: v.literal(type),
    subject: v.pipe(v.string(), v.nonEmpty()),
    time: timestamp,
    datacontenttype: v.literal("application/json"),
    traceparent: v.exactOptional(traceparent),
    data,
  });

/** Parses JSON text. Throws `message_not_json`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError("message_not_json", "The message is not JSON; its sender must send a CloudEvents 1.0 event");
  }
}

const envelope = v.looseObject({ specversion: v.literal("1.0"), type: v.string() });

/**
 * Parses an event with the schema of its type.
 *
 * Throws `message_invalid`, `event_type_unknown`, or `event_version_unknown` for a known type in another version: an
 * old consumer must not guess at a new event.
 */
export function parseEvent<Schemas extends Record<string, v.GenericSchema>>(
  schemas: Schemas,
  input: unknown,
): v.InferOutput<Schemas[keyof Schemas]> {
  const outer = parse(envelope, input);
  if (!outer.ok) throw new AppError("message_invalid", `Not a CloudEvents 1.0 event: ${describe(outer.faults)}`);
  const { type } = outer.value;
  if (!Object.hasOwn(schemas, type)) throw unknownType(Object.keys(schemas), type);
  const schema = schemas[type as keyof Schemas]; // it has this type as its own key, as was just seen
  const result = parse(schema, input);
  if (!result.ok) throw new AppError("message_invalid", `Not a valid ${type}: ${describe(result.faults)}`);
  return result.value;
}

function unknownType(known: string[], type: string): AppError {
  const name = type.replace(/\.v\d+$/, "");
  const versions = known.filter((each) => each.replace(/\.v\d+$/, "") === name);
  if (versions.length > 0) {
    return new AppError(
      "event_version_unknown",
      `This consumer reads ${versions.join(", ")} only; deploy one that reads the new version, then redrive`,
    );
  }
  return new AppError("event_type_unknown", `This consumer reads ${known.join(", ")} only`);
}
