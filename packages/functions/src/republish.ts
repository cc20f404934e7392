import type { Appointment } from "@appointments/core/appointment/appointment";
import { type Due, dueForRetry, retried } from "@appointments/core/appointment/appointment.pending";
import type { Table } from "@appointments/core/appointment/table";
import { type Clock, systemClock, toTimestamp } from "@appointments/core/clock";
import { log } from "@appointments/core/log";
import { newTraceparent } from "@appointments/core/trace";

export interface Desk {
  table: Table;
  publishRequested: (appointment: Appointment, traceparent: string) => Promise<void>;
  clock?: Clock;
}

/** At most this many in one run; the next run, a minute later, goes on. */
const perRun = 1_000;

/** After this many repeats someone should look: something is wrong that time does not heal. */
const worrying = 5;

/**
 * Publishes the requests of appointments that are still pending and due, then notes when to do so next.
 *
 * In this order: a crash between the two publishes once more, which is harmless; the other order would lose one. It
 * ends when nothing is due, after 1000, when `mayGoOn` says no, or when no publishing of a page succeeds: the topic is
 * then away for all.
 */
export async function republish(desk: Desk, mayGoOn: () => boolean): Promise<{ published: number; failed: number }> {
  const { table, clock = systemClock } = desk;
  const total = { published: 0, failed: 0 };
  for await (const page of dueForRetry(table, toTimestamp(clock()))) {
    if (!mayGoOn()) break;
    const results = await Promise.all(page.map((due) => publishAgain(desk, due, clock())));
    const published = results.filter(Boolean).length;
    total.published += published;
    total.failed += results.length - published;
    if (published === 0 || total.published >= perRun) break;
  }
  return total;
}

async function publishAgain({ table, publishRequested }: Desk, due: Due, now: number): Promise<boolean> {
  const { appointmentId, countryISO, updatedAt } = due.appointment;
  const traceparent = newTraceparent();
  // An alarm looks at the age.
  const ageSeconds = Math.round((now - Date.parse(updatedAt)) / 1000);
  const fields = { appointmentId, countryISO, ageSeconds, attempt: due.publishAttempts + 1, traceparent };
  try {
    await publishRequested(due.appointment, traceparent);
    await retried(table, due, now);
  } catch (error) {
    log.warn("appointment.publish_failed", { ...fields, error });
    return false;
  }
  if (fields.attempt >= worrying) log.error("appointment.stuck", fields);
  else log.warn("appointment.requested_again", fields);
  return true;
}
