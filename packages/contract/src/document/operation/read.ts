import { alreadyYours, appointmentId, cancelled, completed, history } from "./appointment.ts";
import { appointmentLinks } from "./book.ts";
import { type Described, problem } from "./described.ts";

const unknownId = "01a20bae-ed3d-759d-8035-000000000000";

const one = { insuredId: "00042", appointmentId };

const notFound = problem("appointment_not_found", {
  parameters: { insuredId: "00042", appointmentId: unknownId },
});

const insuredInvalid = problem("parameters_invalid", {
  parameters: { insuredId: "42" },
  errors: [{ parameter: "insuredId", detail: "must be exactly five digits", code: "invalid" }],
});

export const listAppointments: Described = {
  tag: "appointments",
  summary: "List an insured's appointments",
  description:
    "The appointments of one person, newest first, in pages. One who has none has an empty list. A page may be shorter than " +
    "`limit`, even empty, and have a `nextCursor`: go on until there is none.",
  parameters: ["insuredId", "status", "countryISO", "from", "to", "limit", "cursor"],
  answers: {
    200: {
      description: "A page.",
      content: { "application/json": "AppointmentList" },
      headers: [],
      links: {
        next: {
          operationId: "listAppointments",
          description: "The next page, when there is a `nextCursor`.",
          parameters: { insuredId: "$request.path.insuredId", cursor: "$response.body#/nextCursor" },
        },
      },
    },
  },
  problems: ["cursor_invalid", "insured_not_found"],
  examples: {
    all: {
      summary: "Everything of one person",
      status: 200,
      parameters: { insuredId: "00042" },
      answer: { items: [alreadyYours, completed] },
    },
    page: {
      summary: "A page of one",
      status: 200,
      parameters: { insuredId: "00042", limit: 1 },
      answer: {
        items: [alreadyYours],
        nextCursor: "aGlnaGx5LW9wYXF1ZS1hbmQtc2VhbGVkLWJ5LXRoZS1zdGFnZS1pdHNlbGYx",
      },
    },
    completedInNovember: {
      summary: "What was asked for in a month, and has its slot",
      status: 200,
      parameters: {
        insuredId: "00042",
        status: "completed",
        countryISO: "PE",
        from: "2026-11-01T00:00:00Z",
        to: "2026-12-01T00:00:00Z",
      },
      answer: { items: [completed] },
    },
    none: {
      summary: "A person without appointments",
      status: 200,
      parameters: { insuredId: "99999" },
      answer: { items: [] },
    },
    insuredInvalid,
    cursorInvalid: problem("cursor_invalid", {
      parameters: { insuredId: "00042", cursor: "forged" },
      errors: [{ parameter: "cursor", detail: "is not a nextCursor of this list", code: "invalid" }],
    }),
  },
};

export const getAppointment: Described = {
  tag: "appointments",
  summary: "Read an appointment",
  description:
    "The appointment as it is now. With `If-None-Match`, only when it has changed. With `wait`, as soon as nothing is under " +
    "way: no need to ask again and again.",
  parameters: ["insuredId", "appointmentId", "wait", "ifNoneMatch"],
  answers: {
    200: {
      description: "The appointment.",
      content: { "application/json": "Appointment" },
      headers: ["ETag"],
      links: appointmentLinks,
    },
    304: { description: "It is as you know it.", headers: ["ETag"] },
  },
  problems: ["appointment_not_found", "if_none_match_invalid"],
  examples: {
    completed: { summary: "It has its slot", status: 200, parameters: one, answer: completed },
    awaited: {
      summary: "It is decided while you wait",
      status: 200,
      parameters: { ...one, wait: 20 },
      answer: completed,
    },
    cancelled: { summary: "It was cancelled", status: 200, answer: cancelled },
    alreadyYours: {
      summary: "It was rejected: another one of the insured has the slot",
      status: 200,
      answer: alreadyYours,
    },
    unchanged: { summary: "It is as you know it", status: 304, parameters: { ifNoneMatch: '"2"' } },
    notFound,
    insuredInvalid,
    conditionInvalid: problem("if_none_match_invalid", { parameters: { ifNoneMatch: "2" } }),
  },
};

export const getAppointmentHistory: Described = {
  tag: "appointments",
  summary: "Read what happened to an appointment",
  description: "Every transition of the appointment, oldest first.",
  parameters: ["insuredId", "appointmentId"],
  answers: {
    200: {
      description: "The history.",
      content: { "application/json": "AppointmentHistory" },
      headers: [],
      links: {
        get: {
          operationId: "getAppointment",
          description: "The appointment as it is now.",
          parameters: { insuredId: "$request.path.insuredId", appointmentId: "$request.path.appointmentId" },
        },
      },
    },
  },
  problems: ["appointment_not_found"],
  examples: {
    completed: { summary: "Asked for, and decided", status: 200, parameters: one, answer: { items: history } },
    notFound,
    insuredInvalid,
  },
};
