import type { StoredItem } from "./stores.ts";

const envelope = (item: StoredItem, type: string, id: string, source: string) => ({
  specversion: "1.0",
  id: `${item.appointmentId}.${id}`,
  source,
  type: `appointment.${type}.v1`,
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

/** What was asked of an appointment, its request and its newest change, as it comes a second time, long after. */
export function lateCommands(item: StoredItem): string[] {
  const requested = { ...envelope(item, "requested", "requested", "appointments.api"), data: booking(item) };
  const { change } = item;
  if (change?.number === undefined) return [JSON.stringify(requested)];
  const { kind, number, scheduleId } = change;
  const asked = {
    ...envelope(item, `${kind}_requested`, `${kind}.${number}`, "appointments.api"),
    data: {
      ...booking(item),
      version: item.version - 1,
      change: { number, kind, status: "pending", ...(scheduleId !== undefined && { scheduleId }) },
    },
  };
  return [requested, asked].map((event) => JSON.stringify(event));
}

/** The country's first decisions on an appointment, as they come a second time, long after. */
export const lateOutcomes = (item: StoredItem) =>
  (["completed", "rejected"] as const)
    .filter((fact) => item.causes.includes(fact))
    .map((status) => {
      const source = `appointments.${item.countryISO.toLowerCase()}`;
      const event = envelope(item, status, status, source);
      const reason = status === "rejected" ? { reason: "schedule_taken" } : {};
      const data = { ...booking(item), status, ...reason, version: 2, updatedAt: item.updatedAt };
      return { source, type: event.type, detail: { ...event, data } };
    });
