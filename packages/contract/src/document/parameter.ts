import { countryISO, insuredId } from "@appointments/core/appointment/appointment";
import { id } from "@appointments/core/id";
import { traceparent } from "@appointments/core/trace";
import { status } from "@appointments/functions/api/appointment";
import { longestWait } from "@appointments/functions/api/wait";
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import type { Schema } from "./schema.ts";

interface Parameter {
  in: "path" | "query" | "header";
  /** As it is written in a request, when its key here is not. */
  name?: string;
  description: string;
  schema: Schema;
}

const schemaOf = (schema: Parameters<typeof toJsonSchema>[0]): Schema => {
  const { $schema, ...rest } = toJsonSchema(schema, { target: "draft-2020-12" });
  return rest as Schema; // theirs is the same with more names
};

const entityTags = String.raw`^(\*|(W/)?"[\x21\x23-\x7e]*"( *, *(W/)?"[\x21\x23-\x7e]*")*)$`;

const instant: Schema = { type: "string", format: "date-time" };

/** Everything that a request can say outside its body. */
export const parameters = {
  insuredId: { in: "path", description: "The insured person: exactly five digits.", schema: schemaOf(insuredId) },
  appointmentId: { in: "path", description: "The appointment: a UUIDv7 in lower case.", schema: schemaOf(id) },
  limit: {
    in: "query",
    description: "Appointments of a page.",
    schema: { type: "integer", minimum: 1, maximum: 100, default: 20 },
  },
  cursor: {
    in: "query",
    description: "The `nextCursor` of the page before; none for the first.",
    schema: { type: "string", minLength: 1 },
  },
  status: { in: "query", description: "Only those of this status.", schema: schemaOf(v.picklist(status.theirs)) },
  countryISO: { in: "query", description: "Only those of this country.", schema: schemaOf(countryISO) },
  from: { in: "query", description: "Only those created then or later.", schema: instant },
  to: { in: "query", description: "Only those created before; later than `from`.", schema: instant },
  wait: {
    in: "query",
    description:
      "Seconds to wait while the country has something to decide, on the booking or on a change. When they are over the " +
      "answer is what is then.",
    schema: { type: "integer", minimum: 1, maximum: longestWait },
  },
  idempotencyKey: {
    in: "header",
    name: "Idempotency-Key",
    description:
      "A key of your own, e.g. a UUID: a repeat with the same key and body does nothing new and answers the same " +
      "appointment. 1 to 255 visible ASCII characters without a comma.",
    schema: { type: "string", pattern: String.raw`^[!-+\--~]{1,255}$` },
  },
  ifMatch: {
    in: "header",
    name: "If-Match",
    description: "The `ETag` of the appointment as you know it: when it has changed since, nothing is done.",
    schema: { type: "string", pattern: entityTags },
  },
  ifNoneMatch: {
    in: "header",
    name: "If-None-Match",
    description: "The `ETag` of the appointment as you know it: when it is still that, the answer has no body.",
    schema: { type: "string", pattern: entityTags },
  },
  traceparent: {
    in: "header",
    description: "Your trace (W3C Trace Context), carried through to the country. A broken one is ignored.",
    schema: schemaOf(traceparent),
  },
} as const satisfies Record<string, Parameter>;
export type ParameterName = keyof typeof parameters;

/** An operation's parameters, with the values that its examples have. */
export const parametersOf = (
  names: readonly ParameterName[],
  examples: Record<string, Partial<Record<ParameterName, string | number>>>,
) =>
  names.map((key) => {
    const { in: place, description, schema, ...given }: Parameter = parameters[key];
    const values = Object.entries(examples).flatMap(([name, { [key]: value }]) =>
      value === undefined ? [] : [[name, { value }]],
    );
    return {
      name: given.name ?? key,
      in: place,
      description,
      required: place === "path",
      schema,
      ...(values.length > 0 && { examples: Object.fromEntries(values) }),
    };
  });

/** Values of parameters by the names that they are sent by. */
export const sent = (values: Partial<Record<ParameterName, string | number>>): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const { name = key }: Parameter = parameters[key as ParameterName]; // the keys are the table's
      return [name, value];
    }),
  );
