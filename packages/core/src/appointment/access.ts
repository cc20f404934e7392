import { AppError } from "../error.ts";
import type { Appointment, AppointmentRequest } from "./appointment.ts";
import type { Caller } from "./caller.ts";

/*
 * Who reaches what. What a caller does not reach does not exist for it: the errors are those of what is not there, so
 * that nobody learns by asking whether it is.
 */

/** Whether the caller reaches anything of this person. */
export const reachesPerson = (caller: Caller, insuredId: string): boolean =>
  caller.kind !== "patient" || caller.insuredId === insuredId;

/** Whether the caller reaches an appointment of this person in this country. */
export const reaches = (
  caller: Caller,
  { insuredId, countryISO }: Pick<Appointment, "insuredId" | "countryISO">,
): boolean => reachesPerson(caller, insuredId) && (caller.kind !== "partner" || caller.countries.includes(countryISO));

/** Throws `insured_not_found` for a person whom the caller does not reach, whether or not there is one. */
export function assertPerson(caller: Caller, insuredId: string): void {
  if (!reachesPerson(caller, insuredId)) {
    throw new AppError("insured_not_found", "There is no such insured, or you may not act for them");
  }
}

/** Throws `insured_not_found` or `country_not_found` for a request that the caller may not make. */
export function assertMayRequest(caller: Caller, request: AppointmentRequest): void {
  assertPerson(caller, request.insuredId);
  if (!reaches(caller, request)) {
    throw new AppError("country_not_found", "There is no such country, or you may not book there");
  }
}

/** The error for an appointment that is not there, and for one that the caller does not reach. */
export const appointmentNotFound = (): AppError =>
  new AppError("appointment_not_found", "The insured has no appointment of this id");
