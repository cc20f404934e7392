import { commandOf as commanding, parseRequested as parsing } from "@appointments/core/appointment/event";
import { toVersionOne, toVersionTwo } from "./version-two.ts";

export * from "@appointments/core/appointment/event";

/** Asks Chile in a version of the future. */
export const commandOf: typeof commanding = (appointment, traceparent) =>
  toVersionTwo(commanding(appointment, traceparent));

/** Reads the version of the future besides today's. */
export const parseRequested: typeof parsing = (input, country) => parsing(toVersionOne(input), country);
