import { setTimeout as sleep } from "node:timers/promises";

/** Takes one event of the local system. `fields` are plain JSON and hold no personal data. */
export type ServiceLog = (level: "info" | "warn" | "error", message: string, fields?: Record<string, unknown>) => void;

/** For those who do not listen. */
export const silent: ServiceLog = () => {};

/**
 * How long to wait before try number `failures + 1`, in milliseconds: exponential from 100 ms to 10 s, with full jitter
 * so that those who failed together do not come back together.
 */
export function backoffMs(failures: number): number {
  return Math.random() * Math.min(10_000, 100 * 2 ** Math.min(failures, 10));
}

/** Waits, but no longer than until `signal` is aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal && { signal }).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}

/** What comes of some work, or undefined when it takes longer than so many milliseconds. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const done = new AbortController();
  const late = pause(ms, done.signal).then(() => undefined);
  return Promise.race([work, late]).finally(() => done.abort());
}
