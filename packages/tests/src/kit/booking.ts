import { randomInt } from "node:crypto";
import type { Booking } from "@appointments/core/appointment/appointment";
import { newId } from "@appointments/core/id";
import { toTimestamp } from "@appointments/core/time";

/** A booking that nobody else has: its own insured-independent id and slot. */
export const aBooking = (parts: Partial<Booking> = {}): Booking => ({
  appointmentId: newId(),
  insuredId: "00042",
  scheduleId: randomInt(1, 2 ** 47),
  countryISO: "PE",
  createdAt: toTimestamp(Date.now()),
  ...parts,
});
