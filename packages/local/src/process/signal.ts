/** Within this time of the first signal, in milliseconds, another is the same key press. */
const sameKeyPressMs = 1_000;

/** What people and programs ask of this process by signals. */
export interface StopSignals {
  /** The first signal. */
  asked: Promise<NodeJS.Signals>;
  /** One that comes later, by somebody who does not want to wait. */
  insisted: Promise<NodeJS.Signals>;
}

/**
 * Takes SIGINT, SIGTERM and SIGHUP from now on. One Ctrl-C comes twice, from the terminal and from npm, which passes on
 * what it gets; neither must end this process before its children have ended.
 */
export function takeStopSignals(): StopSignals {
  const asked = Promise.withResolvers<NodeJS.Signals>();
  const insisted = Promise.withResolvers<NodeJS.Signals>();
  let firstAt: number | undefined;
  const take = (signal: NodeJS.Signals) => {
    firstAt ??= performance.now();
    asked.resolve(signal);
    if (performance.now() - firstAt > sameKeyPressMs) insisted.resolve(signal);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, take);
  return { asked: asked.promise, insisted: insisted.promise };
}
