import { pending } from "./appointment.ts";
import { type Described, type Link, problem } from "./described.ts";

const whole = { insuredId: "$response.body#/insuredId", appointmentId: "$response.body#/appointmentId" };

/** What can be done with an appointment that was answered. */
export const appointmentLinks = {
  get: { operationId: "getAppointment", description: "Read it again.", parameters: whole },
  history: { operationId: "getAppointmentHistory", description: "Read what happened to it.", parameters: whole },
  cancel: { operationId: "cancelAppointment", description: "Cancel it.", parameters: whole },
  reschedule: { operationId: "rescheduleAppointment", description: "Give it another slot.", parameters: whole },
  list: {
    operationId: "listAppointments",
    description: "Read the insured's appointments.",
    parameters: { insuredId: "$response.body#/insuredId" },
  },
} as const satisfies Record<string, Link>;

export const bookAppointment: Described = {
  tag: "appointments",
  summary: "Book an appointment",
  description:
    "Asks for a slot. The appointment is `pending` until its country has decided, a second or so later: then it is " +
    "`completed`, or `rejected` with a reason. An appointment that was answered with 202 is never lost.",
  parameters: ["idempotencyKey", "traceparent"],
  body: { schema: "BookingRequest", required: true },
  answers: {
    202: {
      description: "The appointment, waiting for its country.",
      content: { "application/json": "Appointment" },
      headers: ["ETag", "Idempotency-Replayed", "Location", "Retry-After"],
      links: appointmentLinks,
    },
  },
  problems: [
    "country_not_found",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "insured_not_found",
    "request_in_progress",
  ],
  examples: {
    peru: {
      summary: "A slot in Peru",
      status: 202,
      body: { insuredId: "00042", scheduleId: 100, countryISO: "PE" },
      answer: pending,
    },
    chile: {
      summary: "A slot in Chile, safe to repeat",
      status: 202,
      parameters: { idempotencyKey: "5f3b6f8e-6a51-4c8e-9d7e-1f2a3b4c5d6e" },
      body: { insuredId: "00042", scheduleId: 100, countryISO: "CL" },
      answer: { ...pending, countryISO: "CL" },
    },
    fieldsInvalid: problem("fields_invalid", {
      body: { insuredId: "42", scheduleId: -1 },
      errors: [
        { pointer: "#/insuredId", detail: "must be a string of exactly five digits", code: "invalid" },
        { pointer: "#/scheduleId", detail: "must be a positive integer", code: "invalid" },
        { pointer: "#/countryISO", detail: "is missing", code: "missing" },
      ],
    }),
    keyReused: problem("idempotency_key_reused", {
      parameters: { idempotencyKey: "5f3b6f8e-6a51-4c8e-9d7e-1f2a3b4c5d6e" },
      body: { insuredId: "00042", scheduleId: 102, countryISO: "CL" },
    }),
    keyInvalid: problem("idempotency_key_invalid", {
      parameters: { idempotencyKey: "one,two" },
      body: { insuredId: "00042", scheduleId: 103, countryISO: "PE" },
    }),
    notJson: problem("body_not_json", { body: "{" }),
  },
};
