import { randomBytes } from "node:crypto";

/**
 * A decision on an appointment that nobody booked, as EventBridge delivers it. Nothing is wrong with its form: that it
 * cannot be processed shows only when its work is done.
 */
export function strayOutcome(insuredId: string, scheduleId: number): string {
  const hex = `01a00000${randomBytes(12).toString("hex")}`;
  const appointmentId = hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-7$3-8$4-$5");
  const time = "2026-01-01T00:00:00.000Z";
  const about = { source: "appointments.pe", time };
  const data = { appointmentId, insuredId, scheduleId, countryISO: "PE", createdAt: time };
  const type = "appointment.completed.v1";
  const detail = {
    specversion: "1.0",
    id: `${appointmentId}.completed`,
    ...about,
    type,
    subject: appointmentId,
    datacontenttype: "application/json",
    data: { ...data, status: "completed", version: 2, updatedAt: time },
  };
  const envelope = { version: "0", id: appointmentId, "detail-type": type, ...about, account: "123456789012" };
  return JSON.stringify({ ...envelope, region: "us-east-1", resources: [], detail });
}
