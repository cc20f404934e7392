import { appointmentId, cancelling, moving } from "./appointment.ts";
import { appointmentLinks } from "./book.ts";
import { type Described, problem } from "./described.ts";

const one = { insuredId: "00042", appointmentId };

const accepted = {
  202: {
    description:
      "The appointment with its change, which the country has still to make; or as it was, when it is as wanted already.",
    content: { "application/json": "Appointment" },
    headers: ["ETag", "Idempotency-Replayed", "Location", "Retry-After"],
    links: appointmentLinks,
  },
} as const satisfies Described["answers"];

const notFound = problem("appointment_not_found", {
  parameters: { insuredId: "00042", appointmentId: "01a20bae-ed3d-759d-8035-000000000000" },
});
const stale = problem("version_stale", {
  parameters: { ifMatch: '"1"' },
});
const conditionInvalid = problem("if_match_invalid", {
  parameters: { ifMatch: "2" },
});
const common = [
  "appointment_not_found",
  "appointment_rejected",
  "change_in_progress",
  "idempotency_key_invalid",
  "idempotency_key_reused",
  "if_match_invalid",
  "version_stale",
] as const;

const repeats = "A repeat of a change that is made or under way changes nothing.";

export const cancelAppointment: Described = {
  tag: "appointments",
  summary: "Cancel an appointment",
  description: `Asks the country to free the slot; the appointment is \`cancelled\` a second or so later. ${repeats}`,
  parameters: ["insuredId", "appointmentId", "idempotencyKey", "ifMatch", "traceparent"],
  body: { schema: "CancelRequest", required: false },
  answers: accepted,
  problems: common,
  examples: {
    withReason: {
      summary: "The patient asks for it",
      status: 202,
      parameters: one,
      body: { reason: "patient_request" },
      answer: cancelling,
    },
    ifUnchanged: {
      summary: "Only as it is known",
      status: 202,
      parameters: { ifMatch: '"2"' },
      body: {},
      answer: { ...cancelling, change: { number: 1, kind: "cancel", status: "pending" } },
    },
    notFound,
    stale,
    conditionInvalid,
    reasonUnknown: problem("fields_invalid", {
      body: { reason: "boredom" },
      errors: [
        {
          pointer: "#/reason",
          detail: "must be one of patient_request, clinic_request, duplicate, other",
          code: "invalid",
        },
      ],
    }),
    changeInProgress: problem("change_in_progress"),
    rejected: problem("appointment_rejected"),
  },
};

export const rescheduleAppointment: Described = {
  tag: "appointments",
  summary: "Give an appointment another slot",
  description:
    "Asks the country for another slot. A second or so later the appointment has it, or keeps the old one and " +
    `\`change.reason\` says why. ${repeats}`,
  parameters: ["insuredId", "appointmentId", "idempotencyKey", "ifMatch", "traceparent"],
  body: { schema: "RescheduleRequest", required: true },
  answers: accepted,
  problems: [...common, "appointment_cancelled", "appointment_pending", "changes_exhausted"],
  examples: {
    slot: { summary: "Another slot", status: 202, parameters: one, body: { scheduleId: 101 }, answer: moving },
    notFound,
    stale,
    conditionInvalid,
    slotMissing: problem("fields_invalid", {
      body: {},
      errors: [{ pointer: "#/scheduleId", detail: "is missing", code: "missing" }],
    }),
    pending: problem("appointment_pending"),
    cancelled: problem("appointment_cancelled"),
  },
};
