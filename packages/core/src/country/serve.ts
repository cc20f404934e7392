import {
  type AppointmentCommand,
  type AppointmentOutcome,
  appointmentOutcome,
  type Booking,
  type Outcome,
} from "../appointment/event.ts";
import type { Database } from "../database/database.ts";
import { AppError } from "../error.ts";
import { log } from "../log.ts";
import { applyChanges } from "./change.ts";
import type { Country } from "./country.ts";
import { decide } from "./decide.ts";

export interface Office {
  country: Country;
  database: Database;
  /** Tells the outcomes; answers the error of each that could not be told, by event id. */
  publish: (events: AppointmentOutcome[]) => Promise<Map<string, AppError>>;
}

/**
 * Does what a country is asked and tells the outcomes, in this order: commit, then publish. A message is done when both
 * are; one that comes again finds its row and tells the same outcome, with the same event id.
 *
 * Changes go first, in their order: what a cancel frees can be booked in the same batch, and an appointment that is
 * cancelled in the batch of its request takes no slot at all.
 *
 * @returns for each message, in order, its error, or nothing.
 */
export async function serve(office: Office, commands: AppointmentCommand[]): Promise<(AppError | undefined)[]> {
  const outcomes = await outcomesOf(office, commands);
  const events = commands.map((command) => {
    const outcome = outcomes.get(command) ?? new AppError("internal", "A message was left out; deliver it again");
    return outcome instanceof AppError ? outcome : appointmentOutcome(outcome, command.traceparent);
  });
  const failed = await office.publish(events.flatMap((event) => (event instanceof AppError ? [] : [event])));
  return events.map((event) => {
    if (event instanceof AppError) return event;
    const { appointmentId, countryISO, status } = event.data;
    const error = failed.get(event.id);
    if (!error) log.info("appointment.decided", { appointmentId, countryISO, status, traceparent: event.traceparent });
    return error;
  });
}

type Outcomes = Map<AppointmentCommand, Outcome | AppError>;

/** A database that does not answer fails the whole batch, and all of it comes again: every part is safe to repeat. */
async function outcomesOf(office: Office, commands: AppointmentCommand[]): Promise<Outcomes> {
  const requests = commands.filter((command) => command.type === "appointment.requested.v1");
  const changes = commands.filter((command) => command.type !== "appointment.requested.v1");
  const outcomes: Outcomes = new Map();
  const note = (of: AppointmentCommand[], told: (Outcome | AppError)[]) => {
    for (const [index, command] of of.entries()) {
      const outcome = told[index];
      if (outcome) outcomes.set(command, outcome);
    }
  };
  const { database, country } = office;
  note(changes, await applyChanges(database, country, changes));
  note(
    requests,
    await decideEach(
      office,
      requests.map(({ data }) => data),
    ),
  );
  return outcomes;
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
