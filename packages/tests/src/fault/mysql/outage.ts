import type { LogEntry } from "@appointments/local/system/line";
import { eventually, type TestSystem } from "../../integration/system.ts";
import type { Campaign } from "../campaign.ts";
import { long, writeMysqlResult } from "../results.ts";

/** How long an outage lasts at most, in milliseconds: one that nobody notices has to end, too. */
const longestMs = 60_000;

/** What is logged from now on that holds `error`, e.g. a code of MySQL. */
export function loggedSince(system: TestSystem, error: string): () => LogEntry[] {
  const from = system.logged.length;
  return () => system.logged.slice(from).filter((entry) => JSON.stringify(entry).includes(error));
}

/**
 * An outage that lasts until it has hurt: when a function has used up its tries and let its messages come again, `end` ends it.
 *
 * @param error what the log holds of it
 * @returns `seen`: how many entries of the log hold the error; `over`: waits for the end, and throws if it never hurt
 */
export function outage(system: TestSystem, error: string, end: () => Promise<unknown> | unknown) {
  const logged = loggedSince(system, error);
  const hurt = () => (logged().some(({ message }) => message === "message.postponed") ? true : undefined);
  const over = eventually(`a message is postponed because of ${error}`, hurt, longestMs).finally(end);
  over.catch(() => {}); // whoever awaits it hears of it
  return { seen: () => logged().length, over: () => over };
}

/** A fault of MySQL that lasts while the scenario is run. */
export interface MysqlRun {
  /** What meets it: the kind of statement, connecting, the server. */
  verb: string;
  fault: string;
  /** How many statements, connections or tries met it. */
  hits: () => number;
  /** Waits for the end of the fault; throws if it never hurt. */
  over?: () => Promise<unknown>;
}

/** Runs the scenario under a fault of MySQL. @returns violations; that nothing met the fault, or that it never hurt, is one */
export async function runUnder(campaign: Campaign, { verb, fault, hits, over = async () => {} }: MysqlRun) {
  const { violations } = await campaign.run();
  const found = [...violations];
  await over().catch((unhurt: Error) => found.push(`0 never hurt: ${unhurt.message}`));
  const met = hits();
  if (met === 0) found.push("0 unmet: nothing met the fault");
  console.log(`${verb}, ${fault}: ${met} hits${found.map((it) => `\n  ${it}`).join("")}`);
  if (long) await writeMysqlResult(await campaign.audit.database(), { verb, fault, hits: met, violations: found });
  return found;
}
