import type { Campaign } from "./campaign.ts";
import { long } from "./form.ts";
import { writeMysqlResult } from "./results.ts";

/** A fault of MySQL that lasts while the scenario is run. */
export interface MysqlRun {
  /** What meets it: the kind of statement, connecting, the server. */
  verb: string;
  fault: string;
  /** How many statements, connections or tries met it. */
  hits: () => number;
  /** Waits for the end of the fault; throws if it never hurt. */
  over?: () => Promise<void>;
}

/** Runs the scenario under a fault of MySQL. @returns violations; that nothing met the fault, or that it never hurt, is one */
export async function runUnder(campaign: Campaign, { verb, fault, hits, over = async () => {} }: MysqlRun) {
  const { violations } = await campaign.run();
  const found = [...violations];
  await over().catch((unhurt: Error) => found.push(`0 never hurt: ${unhurt.message}`));
  const met = hits();
  if (met === 0) found.push("0 unmet: nothing met the fault");
  console.log(`${verb}, ${fault}: ${met} hits${found.map((it) => `\n  ${it}`).join("")}`);
  if (long) await writeMysqlResult(await campaign.database(), { verb, fault, hits: met, violations: found });
  return found;
}
