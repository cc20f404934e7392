import { commandOf as commanding, appointmentOutcome as outcomeOf } from "@appointments/core/appointment/event";
import { toVersionTwo } from "./version-two.ts";

export * from "@appointments/core/appointment/event";

/** Asks Chile in a version of the future. */
export const commandOf: typeof commanding = (appointment, traceparent) =>
  toVersionTwo(commanding(appointment, traceparent));

/** Reports a completion in a version that the bus's rule does not name yet. */
export const appointmentOutcome: typeof outcomeOf = (outcome, traceparent) => {
  const event = outcomeOf(outcome, traceparent);
  return event.type === "appointment.completed.v1" ? ({ ...event, type: "appointment.completed.v2" } as never) : event; // today's types do not know it
};
