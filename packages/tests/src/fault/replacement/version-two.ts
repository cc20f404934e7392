import type { WireCommand } from "@appointments/core/appointment/wire";

/** A request to Chile in a version of the future, which says one thing more. */
export function toVersionTwo(event: WireCommand): WireCommand {
  if (event.type !== "appointment.requested.v1" || event.data.countryISO !== "CL") return event;
  const newer = { ...event, type: "appointment.requested.v2", data: { ...event.data, channel: "web" } };
  return newer as unknown as WireCommand; // today's types do not know it
}

/** What such a request says in today's version. */
export function toVersionOne(input: unknown): unknown {
  const event = input as { type?: unknown; data: Record<string, unknown> } | undefined; // parsed by who gets it
  if (event?.type !== "appointment.requested.v2") return input;
  const { channel: _, ...data } = event.data;
  return { ...event, type: "appointment.requested.v1", data };
}
