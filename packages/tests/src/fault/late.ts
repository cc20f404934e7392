import type { StoredItem } from "./stores.ts";

const envelope = (item: StoredItem, fact: string, source: string) => ({
  specversion: "1.0",
  id: `${item.appointmentId}.${fact}`,
  source,
  type: `appointment.${fact}.v1`,
  subject: item.appointmentId,
  time: item.createdAt,
  datacontenttype: "application/json",
});

/** The slot is what the request named; only a reschedule has moved the one case of it here by one. */
const booking = (item: StoredItem) => ({
  appointmentId: item.appointmentId,
  insuredId: item.insuredId,
  scheduleId: item.causes.includes("rescheduled") ? item.scheduleId - 1 : item.scheduleId,
  countryISO: item.countryISO,
  createdAt: item.createdAt,
});

/** The request of an appointment, as it comes a second time, long after. */
export const lateCommand = (item: StoredItem): string =>
  JSON.stringify({ ...envelope(item, "requested", "appointments.api"), data: booking(item) });

/** The country's first decisions on an appointment, as they come a second time, long after. */
export const lateOutcomes = (item: StoredItem) =>
  (["completed", "rejected"] as const)
    .filter((fact) => item.causes.includes(fact))
    .map((status) => {
      const source = `appointments.${item.countryISO.toLowerCase()}`;
      const event = envelope(item, status, source);
      const reason = status === "rejected" ? { reason: "schedule_taken" } : {};
      const data = { ...booking(item), status, ...reason, version: 2, updatedAt: item.updatedAt };
      return { source, type: event.type, detail: { ...event, data } };
    });
