import type { LogEntry } from "@appointments/local/system/log";
import { eventually, type TestSystem } from "../integration/system.ts";

/** How long an outage lasts at most, in milliseconds; one that nobody notices has to end, too. */
const longestMs = 60_000;

/** What is logged from now on that holds `error`, e.g. a code of MySQL. */
export function toldOf(system: TestSystem, error: string): () => LogEntry[] {
  const from = system.logged.length;
  return () => system.logged.slice(from).filter((entry) => JSON.stringify(entry).includes(error));
}

/**
 * An outage that lasts until it has hurt: when a function has used up its tries and let its messages come again, `end` ends it.
 *
 * @param error what the log holds of it
 * @returns `seen`: how many entries of the log hold the error
 */
export function outage(system: TestSystem, error: string, end: () => Promise<unknown> | unknown) {
  const told = toldOf(system, error);
  const hurt = () => (told().some(({ message }) => message === "message.postponed") ? true : undefined);
  const ended = eventually(error, hurt, longestMs)
    .catch(() => undefined)
    .then(end);
  return { seen: () => told().length, ended };
}
