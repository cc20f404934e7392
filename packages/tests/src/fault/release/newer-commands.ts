import { parseRequested as parsing } from "@appointments/core/appointment/appointment.event";

export * from "@appointments/core/appointment/appointment.event";
export { commandOf } from "./newer-events.ts";

/** Reads the version of the future besides today's. */
export const parseRequested: typeof parsing = (input, country) => parsing(ofToday(input), country);

function ofToday(input: unknown): unknown {
  const event = input as { type?: unknown; data: Record<string, unknown> }; // parsed by who gets it
  if (event?.type !== "appointment.requested.v2") return input;
  const { channel: _, ...data } = event.data;
  return { ...event, type: "appointment.requested.v1", data };
}
