import {
  answerSchema,
  cancelBody,
  changeSchema,
  healthSchema,
  historySchema,
  listSchema,
  requestBody,
  rescheduleBody,
  transitionSchema,
} from "@appointments/functions/api/appointment";
import { fieldErrorSchema, problemSchema } from "@appointments/functions/api/problem";
import { toJsonSchemaDefs } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";

/** A JSON Schema of the 2020-12 draft, as OpenAPI 3.1 takes it. */
export type Schema = Record<string, unknown>;

const requests = { BookingRequest: requestBody, CancelRequest: cancelBody, RescheduleRequest: rescheduleBody };

const answers = {
  Appointment: answerSchema,
  AppointmentHistory: historySchema,
  AppointmentList: listSchema,
  Change: changeSchema,
  FieldError: fieldErrorSchema,
  Health: healthSchema,
  Problem: problemSchema,
  Transition: transitionSchema,
};

/** Said of each as a whole; the members say what they are in the routes' schemas. */
const descriptions: Record<ComponentName, string> = {
  Appointment: "An appointment as it is now.",
  AppointmentHistory: "What happened to an appointment.",
  AppointmentList: "A page of an insured's appointments.",
  BookingRequest: "What is asked for.",
  CancelRequest: "A cancel; it may have no body at all.",
  Change: "The newest change of an appointment: a cancel or a reschedule.",
  FieldError: "One field at fault: `pointer` when it is in the body, `parameter` when it is not.",
  GatewayMessage: "An answer of API Gateway itself, which the API's function has not seen.",
  Health: "The API answers.",
  Problem: "A problem as in RFC 9457.",
  RescheduleRequest: "The new slot, in the appointment's own country.",
  Transition: "One line of the history.",
};

export type ComponentName = keyof typeof requests | keyof typeof answers | "GatewayMessage";

/** The schemas of requests and answers, from those by which the routes read and write. */
export function componentSchemas(): Record<string, Schema> {
  const schemas: Record<string, Schema> = {
    ...jsonSchemas(requests),
    ...Object.fromEntries(Object.entries(jsonSchemas({ ...answers })).map(([name, schema]) => [name, open(schema)])),
    GatewayMessage: {
      type: "object",
      properties: { message: { type: "string", description: "What is wrong, e.g. `Unauthorized`." } },
      required: ["message"],
    },
  };
  const names = Object.keys(descriptions).toSorted() as ComponentName[]; // the keys are written above
  return Object.fromEntries(names.map((name) => [name, { description: descriptions[name], ...schemas[name] }]));
}

function jsonSchemas(definitions: Record<string, GenericSchema>): Record<string, Schema> {
  const made = toJsonSchemaDefs(definitions, {
    target: "draft-2020-12",
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
  });
  return made as Record<string, Schema>; // theirs is the same with more names
}

/** As far as the schemas of answers nest: no tuple is answered, and no object with names that are not known. */
interface Nested extends Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** A consumer ignores members that it does not know, so that an answer may have new ones; a request may not. */
function open(schema: Schema): Schema {
  const { additionalProperties, properties, items, ...rest } = schema as Nested;
  if (additionalProperties !== undefined && additionalProperties !== false) {
    throw new TypeError("An answer has an object of which only part is described");
  }
  return {
    ...rest,
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, open(each)])),
    }),
    ...(items !== undefined && { items: open(items) }),
  };
}
