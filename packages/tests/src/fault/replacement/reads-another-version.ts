import { parseRequested as parsing } from "@appointments/core/appointment/event";

export * from "@appointments/core/appointment/event";

/** Does not read the version of requests that is sent today. */
export const parseRequested: typeof parsing = (input, country) => {
  const event = input as { type?: unknown }; // parsed by who gets it
  return parsing(
    event?.type === "appointment.requested.v1" ? { ...event, type: "appointment.requested.v0" } : input,
    country,
  );
};
