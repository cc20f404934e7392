import type { Appointment } from "./types.ts";

/** A version of an appointment: its `ETag`, or the appointment as you have it. */
export type Version = string | Pick<Appointment, "version">;

export const etagOf = (version: Version | undefined): string | undefined =>
  typeof version === "object" ? `"${version.version}"` : version;
