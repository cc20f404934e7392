import type { Booking, ChangeRequest, Outcome } from "../appointment/appointment.ts";
import type { Bus } from "../appointment/bus.ts";
import { type AppointmentCommand, appointmentOutcome } from "../appointment/event.ts";
import type { Database } from "../database/database.ts";
import { AppError } from "../error.ts";
import { log } from "../log.ts";
import { applyChanges } from "./change.ts";
import type { Country } from "./country.ts";
import { decide } from "./decide.ts";

/** A country, with its database and the bus for its outcomes. */
interface Serving {
  country: Country;
  database: Database;
  bus: Bus;
}

/**
 * Serves a batch of commands: decides the requests, applies the changes, commits, then publishes the outcomes. A message
 * is done when both are. A message that is delivered again finds its row and publishes the same outcome, with the same id.
 *
 * Changes go first, in their order: what a cancel frees can be booked in the same batch, and an appointment that is
 * cancelled in the batch of its request takes no slot at all.
 *
 * @returns for each message, in order, its error, or nothing.
 */
export async function serve(serving: Serving, commands: AppointmentCommand[]): Promise<(AppError | undefined)[]> {
  const outcomes = await outcomesOf(serving, commands);
  const answers = commands.map((command) => {
    const outcome = outcomes.get(command) ?? new AppError("internal", "A message was left out; deliver it again");
    if (outcome instanceof AppError) return { error: isDone(outcome, command) ? undefined : outcome };
    return { outcome, event: appointmentOutcome(outcome, command.traceparent) };
  });
  const failed = await serving.bus.publish(answers.flatMap(({ event }) => event ?? []));
  return answers.map(({ error, outcome, event }) => {
    if (!outcome) return error;
    const { appointmentId, countryISO, status } = outcome;
    const unpublished = failed.get(event.id);
    if (!unpublished) {
      log.info("appointment.decided", { appointmentId, countryISO, status, traceparent: event.traceparent });
    }
    return unpublished;
  });
}

/** A late message about somebody who was erased is done: buried, it would keep the person for as long as dead letters are kept. */
function isDone({ code }: AppError, { data, traceparent }: AppointmentCommand): boolean {
  if (code !== "person_erased") return false;
  log.info("appointment.erased_before", {
    appointmentId: data.appointmentId,
    countryISO: data.countryISO,
    traceparent,
  });
  return true;
}

type Outcomes = Map<AppointmentCommand, Outcome | AppError>;

/** A database that does not answer fails the whole batch, and all of it is delivered again: every part is safe to repeat. */
async function outcomesOf(serving: Serving, commands: AppointmentCommand[]): Promise<Outcomes> {
  const { database, country } = serving;
  const outcomes: Outcomes = new Map();
  const note = (of: AppointmentCommand[], decided: (Outcome | AppError)[]) => {
    for (const [index, command] of of.entries()) {
      const outcome = decided[index];
      if (outcome) outcomes.set(command, outcome);
    }
  };
  const changes = commands.filter(isChange);
  note(changes, await applyChanges(database, country, changes));
  const requests = commands.filter((command) => !isChange(command));
  note(
    requests,
    await decideEach(
      serving,
      requests.map(({ data }) => data),
    ),
  );
  return outcomes;
}

const isChange = (command: AppointmentCommand): command is AppointmentCommand & { data: ChangeRequest } =>
  "change" in command.data;

/** One row that the database refuses fails its statement; halving finds it, and the others go through. */
async function decideEach(
  { database, country }: Omit<Serving, "bus">,
  bookings: Booking[],
): Promise<(Outcome | AppError)[]> {
  try {
    return await decide(database, country, bookings);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "database_failed") throw error;
    if (bookings.length === 1) return [error];
    const half = Math.ceil(bookings.length / 2);
    return [
      ...(await decideEach({ database, country }, bookings.slice(0, half))),
      ...(await decideEach({ database, country }, bookings.slice(half))),
    ];
  }
}
