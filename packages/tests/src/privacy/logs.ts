import { operatorOf } from "../integration/operator.ts";
import { eventually, type TestSystem } from "../integration/system.ts";
import { linesOnDisk } from "./disk.ts";
import { findInsured } from "./insured.ts";

/**
 * Finds insured people in what a system logged: its functions, the gateway, the API and the emulators, in memory and in
 * the files that it wrote.
 *
 * @param others insured who were asked for, and have no appointment
 * @returns one sentence for each place; none is well
 */
export async function insuredInLogsOf(system: TestSystem, others: Iterable<string> = []): Promise<string[]> {
  const insured = new Set([...(await insuredOf(system)), ...others]);
  if (insured.size === 0) throw new Error("Nobody booked: there is nobody to find");
  const entries = system.logged.map((entry) => JSON.stringify(entry));
  return findInsured(new Set([...entries, ...(await linesWritten(system))]), insured);
}

async function insuredOf(system: TestSystem): Promise<Set<string>> {
  const operator = operatorOf(system);
  const items = await operator.items().finally(() => operator.close());
  return new Set(items.flatMap(({ insuredId }) => (typeof insuredId === "string" ? [insuredId] : [])));
}

/** The lines of all log files below the system's folder, once the last entry has come to the file. */
function linesWritten({ dataDir, logged }: TestSystem): Promise<string[]> {
  const count = logged.length;
  return eventually("the log is on disk", async () => {
    const lines = await linesOnDisk(dataDir);
    return lines.filter((line) => line !== "").length >= count ? lines : undefined;
  });
}
