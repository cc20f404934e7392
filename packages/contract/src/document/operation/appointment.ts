/* The appointments of the examples. */

export const appointmentId = "01a20bae-ed3d-759d-8035-0cf391eea023";
const other = "01a20bae-ff01-7c2e-9a4b-5d1f0c3b2a19";

const booked = {
  appointmentId,
  insuredId: "00042",
  scheduleId: 100,
  countryISO: "PE",
  createdAt: "2026-11-24T03:52:23.102Z",
};

export const pending = { ...booked, version: 1, updatedAt: "2026-11-24T03:52:23.102Z", status: "pending" };
export const completed = { ...booked, version: 2, updatedAt: "2026-11-24T03:52:24.506Z", status: "completed" };
export const rejected = {
  ...booked,
  version: 2,
  updatedAt: "2026-11-24T03:52:24.506Z",
  status: "rejected",
  reason: "schedule_taken",
};
export const alreadyYours = { ...rejected, reason: "already_yours", heldBy: other };
export const cancelling = {
  ...completed,
  version: 3,
  updatedAt: "2026-11-24T04:10:00.000Z",
  change: { number: 1, kind: "cancel", status: "pending", reason: "patient_request" },
};
export const cancelled = {
  ...cancelling,
  version: 4,
  updatedAt: "2026-11-24T04:10:01.250Z",
  status: "cancelled",
  reason: "patient_request",
  change: { ...cancelling.change, status: "completed" },
};
export const moving = {
  ...completed,
  version: 3,
  updatedAt: "2026-11-24T04:10:00.000Z",
  change: { number: 1, kind: "reschedule", status: "pending", scheduleId: 101 },
};

export const history = [
  {
    at: "2026-11-24T03:52:23.102Z",
    cause: "requested",
    eventId: `${appointmentId}.requested`,
    status: "pending",
    scheduleId: 100,
    by: { kind: "patient" },
  },
  {
    at: "2026-11-24T03:52:24.506Z",
    cause: "completed",
    eventId: `${appointmentId}.completed`,
    status: "completed",
    scheduleId: 100,
  },
];
