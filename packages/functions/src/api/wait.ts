import { setTimeout as sleep } from "node:timers/promises";
import { type Appointment, isOpen } from "@appointments/core/appointment/appointment";

/** Seconds that a read may wait at most. */
export const longestWait = 20;

/** Between two reads, in milliseconds: one a second at most; the jitter keeps waiting clients from reading in step. */
const [interval, jitter] = [1_000, 250];

/**
 * Kept free at the end of the function's time, in milliseconds: a last read that DynamoDB makes the client repeat takes
 * three times two seconds (`clientConfig`) and the pauses between them.
 */
const reserve = 8_000;

export interface Waiting {
  /** Milliseconds that are left to the function, if it knows. */
  remaining?: (() => number) | undefined;
  /** The time, in milliseconds, and a pause: what a test holds. */
  now?: () => number;
  pause?: (milliseconds: number) => Promise<unknown>;
  random?: () => number;
}

/**
 * Reads an appointment until nothing is under way, on the booking or on a change, or until the time is over; then it is
 * as it is. It reads at once, then every second or so.
 *
 * A function does not hear that its client has gone: API Gateway says nothing to it. So it waits to the end.
 *
 * @param seconds 0 to 20; what the function has no time for is cut off
 */
export async function untilSettled(
  read: () => Promise<Appointment | undefined>,
  seconds: number,
  { remaining, now = () => performance.now(), pause = sleep, random = Math.random }: Waiting = {},
): Promise<Appointment | undefined> {
  const end = now() + Math.min(seconds * 1_000, (remaining?.() ?? Number.POSITIVE_INFINITY) - reserve);
  for (;;) {
    const appointment = await read();
    const left = end - now();
    if (left <= 0 || !appointment || !isOpen(appointment)) return appointment;
    const next = interval + jitter * random();
    // The last read is at the end, and no sooner than a second after the one before.
    await pause(left - next < interval ? left : next);
  }
}
