/** How often and how long a call is tried again. */
export interface RetryOptions {
  /** Tries after the first; 0 for none. 4 unless told. */
  retries: number;
  /** The longest wait before the first retry, in milliseconds; it doubles with each. 200 unless told. */
  baseMs: number;
  /** The longest wait that we choose ourselves, in milliseconds. 5,000 unless told. */
  maxMs: number;
  /** The longest `Retry-After` that is waited for, in milliseconds; after a longer one the call fails at once. 60,000 unless told. */
  maxRetryAfterMs: number;
}

export const defaultRetry: RetryOptions = { retries: 4, baseMs: 200, maxMs: 5_000, maxRetryAfterMs: 60_000 };

/** The answers after which the same request may succeed. Each request is safe to repeat: a change carries an Idempotency-Key. */
export const isPassing = (status: number): boolean => [429, 502, 503, 504].includes(status);

/**
 * Milliseconds to wait before a retry: random up to a limit that doubles each time, so that clients that failed together do not come
 * back together; after what `Retry-After` asks for, if it does. `undefined` when there is no further try.
 *
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ (full jitter)
 *
 * @param done retries done
 */
export function delayMs(
  done: number,
  { retries, baseMs, maxMs, maxRetryAfterMs }: RetryOptions,
  retryAfterMs = 0,
): number | undefined {
  if (done >= retries || retryAfterMs > maxRetryAfterMs) return undefined;
  return retryAfterMs + Math.random() * Math.min(maxMs, baseMs * 2 ** done);
}

/**
 * What a `Retry-After` asks for, in milliseconds; `undefined` for none, or for what is neither seconds nor a date.
 *
 * Source: RFC 9110, 10.2.3.
 */
export function readRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
