import { eventually, type TestSystem } from "../integration/system.ts";

/** How long an outage lasts at most, in milliseconds; one that nobody notices has to end, too. */
const longestMs = 60_000;

/**
 * An outage that lasts until it has hurt: when functions have logged the error `times` times, `end` ends it.
 *
 * @param error what an entry of the log holds, e.g. a code of MySQL
 */
export function outage(system: TestSystem, error: string, times: number, end: () => Promise<unknown> | unknown) {
  const from = system.logged.length;
  const seen = () => system.logged.slice(from).filter((entry) => JSON.stringify(entry).includes(error)).length;
  const ended = eventually(error, () => (seen() >= times ? true : undefined), longestMs)
    .catch(() => undefined)
    .then(end);
  return { seen, ended };
}
