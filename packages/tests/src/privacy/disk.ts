import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { query } from "../kit/mysql.ts";
import { findInsured } from "./insured.ts";

/** The system's log, and the database server's. Other files below the folder are what the stores keep, which is personal. */
const logFiles = new Set(["log.jsonl", "log.old.jsonl", "mysqld.log"]);

/** The lines of all log files below a system's folder. */
export async function linesOnDisk(dataDir: string): Promise<string[]> {
  const names = (await readdir(dataDir, { recursive: true })).filter((name) => logFiles.has(basename(name)));
  const texts = await Promise.all(names.map((name) => readFile(join(dataDir, name), "utf8")));
  return texts.flatMap((text) => text.split("\n"));
}

/**
 * Finds everybody who has a row in what a system has written to its logs by its end, its last lines included. Ids that do not
 * begin with 0 could be in a log by chance, and are left out.
 *
 * @param urls the countries' databases
 * @throws Error that names each place
 */
export async function assertNobodyLogged(dataDir: string, urls: string[]): Promise<void> {
  const insured = new Set<string>();
  for (const url of urls) {
    const tables = await query(url, "show tables like 'appointment'");
    if (tables.length === 0) continue;
    const rows = await query<{ id: string }>(url, "select distinct insured_id id from appointment");
    for (const { id } of rows) if (/^0\d{4}$/.test(id)) insured.add(id);
  }
  const found = findInsured(new Set(await linesOnDisk(dataDir)), insured);
  if (found.length > 0) throw new Error(`Insured people are in the logs of ${dataDir}:\n${found.join("\n")}`);
}
