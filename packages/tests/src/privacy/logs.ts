import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { operatorOf } from "../integration/operator.ts";
import { eventually, type TestSystem } from "../integration/system.ts";
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
  return findInsured(new Set([...entries, ...(await linesOnDisk(system))]), insured);
}

async function insuredOf(system: TestSystem): Promise<Set<string>> {
  const operator = operatorOf(system);
  const items = await operator.items().finally(() => operator.close());
  return new Set(items.flatMap(({ insuredId }) => (typeof insuredId === "string" ? [insuredId] : [])));
}

/** The system's log, and the database server's. Other files below the folder are what the stores keep, which is personal. */
const logFiles = new Set(["log.jsonl", "log.old.jsonl", "mysqld.log"]);

/** The lines of all log files below the system's folder, once the last entry has come to the file. */
async function linesOnDisk({ dataDir, logged }: TestSystem): Promise<string[]> {
  const count = logged.length;
  return eventually("the log is on disk", async () => {
    const names = (await readdir(dataDir, { recursive: true })).filter((name) => logFiles.has(basename(name)));
    const texts = await Promise.all(names.map((name) => readFile(join(dataDir, name), "utf8")));
    const lines = texts.flatMap((text) => text.split("\n"));
    return lines.filter((line) => line !== "").length >= count ? lines : undefined;
  });
}
