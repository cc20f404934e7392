/**
 * Does work that ends with the caller's signal, or with an error after `timeoutMs`.
 *
 * Not `AbortSignal.any` and `timeout`: those hold on to a long-lived signal in Node 20, and to their timers.
 *
 * @param late makes the error that the work ends with when its time is over
 * @throws the signal's reason, as it is
 */
export async function within<T>(
  { signal, timeoutMs, late }: { signal: AbortSignal | undefined; timeoutMs: number; late: () => Error },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const pass = () => controller.abort(signal?.reason);
  signal?.addEventListener("abort", pass, { once: true });
  const timer = setTimeout(() => controller.abort(late()), timeoutMs);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", pass);
  }
}

/** What a promise comes to, unless the signal ends it before. */
export function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    onAbort(signal, reject);
  });
}

/** Waits for `ms` milliseconds, unless the signal ends it before. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    onAbort(signal, (reason) => {
      clearTimeout(timer);
      reject(reason);
    });
  });
}

function onAbort(signal: AbortSignal, end: (reason: unknown) => void): void {
  if (signal.aborted) end(signal.reason);
  else signal.addEventListener("abort", () => end(signal.reason), { once: true });
}
