import {
  type AppointmentOutcome,
  type AppointmentRequested,
  appointmentOutcome,
  type Booking,
  type Outcome,
} from "@appointments/core/appointment/appointment.event";
import type { Country } from "@appointments/core/country/country";
import { decide } from "@appointments/core/country/decide";
import type { Database } from "@appointments/core/database/database";
import { AppError } from "@appointments/core/error";
import { log } from "@appointments/core/log";

export interface Office {
  country: Country;
  database: Database;
  /** Tells the outcomes; answers the error of each that could not be told, by event id. */
  publish: (events: AppointmentOutcome[]) => Promise<Map<string, AppError>>;
}

/**
 * Decides requests and tells the outcomes, in this order: commit, then publish. A message is done when both are; one
 * that comes again finds its row and tells the same outcome, with the same event id.
 *
 * @returns for each request, in order, its error, or nothing.
 */
export async function book(office: Office, requests: AppointmentRequested[]): Promise<(AppError | undefined)[]> {
  const outcomes = await decideEach(
    office,
    requests.map(({ data }) => data),
  );
  const events = outcomes.map((outcome, index) =>
    outcome instanceof AppError ? outcome : appointmentOutcome(outcome, requests[index]?.traceparent),
  );
  const failed = await office.publish(events.flatMap((event) => (event instanceof AppError ? [] : [event])));
  return events.map((event) => {
    if (event instanceof AppError) return event;
    const { appointmentId, countryISO, status } = event.data;
    const error = failed.get(event.id);
    if (!error) log.info("appointment.decided", { appointmentId, countryISO, status, traceparent: event.traceparent });
    return error;
  });
}

/** One row that the database refuses fails its statement; halving finds it, and the others go through. */
async function decideEach(office: Office, bookings: Booking[]): Promise<(Outcome | AppError)[]> {
  try {
    return await decide(office.database, office.country, bookings);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "database_failed") throw error;
    if (bookings.length === 1) return [error];
    const half = Math.ceil(bookings.length / 2);
    return [
      ...(await decideEach(office, bookings.slice(0, half))),
      ...(await decideEach(office, bookings.slice(half))),
    ];
  }
}
