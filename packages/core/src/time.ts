import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds since 1970 UTC. A parameter wherever a test must hold time still. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** ISO 8601 in UTC with milliseconds, `2026-11-24T03:00:00.000Z`: its text order is its time order. */
export const toTimestamp = (milliseconds: number): string => new Date(milliseconds).toISOString();

/**
 * Now, or `moment` when that is later: what follows from something is not dated before it, though the clocks of two
 * functions differ. So a history reads in the order of cause and effect, and `updatedAt` does not go back.
 *
 * @param moment ISO 8601
 */
export const notBefore = (moment: string, now: number): number => Math.max(now, Date.parse(moment));

export interface Backoff {
  /** Longest wait before the first repeat, in milliseconds; doubles from there. */
  baseMs: number;
  /** No wait is longer, in milliseconds. */
  capMs: number;
}

/**
 * How long to wait before repeat number `attempt` (1 is the first): exponential with full jitter, in milliseconds.
 *
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const fullJitter = (attempt: number, { baseMs, capMs }: Backoff, random = Math.random): number =>
  Math.floor(random() * Math.min(capMs, baseMs * 2 ** (attempt - 1)));

export interface RetryOptions extends Backoff {
  /** How often to try in all, the first time included. */
  attempts: number;
  /** Whether another try can help. */
  retry: (error: unknown) => boolean;
  /** Called before each repeat. */
  onRetry?: (error: unknown, attempt: number) => void;
}

/** Does `work` until it succeeds, fails for good, or `attempts` are used up; then throws its last error. */
export async function withRetry<Result>(work: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= options.attempts || !options.retry(error)) throw error;
      options.onRetry?.(error, attempt);
      await sleep(fullJitter(attempt, options));
    }
  }
}
