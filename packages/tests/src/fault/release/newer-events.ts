import {
  commandOf as commanding,
  appointmentOutcome as outcomeOf,
} from "@appointments/core/appointment/appointment.event";

export * from "@appointments/core/appointment/appointment.event";

/** Asks Chile in a version of the future, which says one thing more. */
export const commandOf: typeof commanding = (appointment, traceparent) => {
  const event = commanding(appointment, traceparent);
  if (event.type !== "appointment.requested.v1" || event.data.countryISO !== "CL") return event;
  const newer = { ...event, type: "appointment.requested.v2", data: { ...event.data, channel: "web" } };
  return newer as typeof event; // today's types do not know it
};

/** Reports a completion in a version that the bus's rule does not name yet. */
export const appointmentOutcome: typeof outcomeOf = (outcome, traceparent) => {
  const event = outcomeOf(outcome, traceparent);
  return event.type === "appointment.completed.v1" ? ({ ...event, type: "appointment.completed.v2" } as never) : event; // as above
};
