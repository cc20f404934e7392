import { join } from "node:path";
import { link } from "@appointments/core/aws/client";
import { openDatabase } from "@appointments/core/database/database";
import { migrate } from "@appointments/core/database/migrate";
import { log } from "@appointments/core/log";
import { servedCountry } from "./environment.ts";

/** A migration can rebuild a table; the function's own timeout ends it sooner. Milliseconds. */
const deadlineMs = 15 * 60_000;

/**
 * `migratePe`, `migrateCl`, …: brings the country's database up to date; the deployment invokes it when the migrations change, and fails if it does.
 *
 * @returns the migrations applied now, in order; none when there was nothing to do.
 */
export async function handler(): Promise<{ country: string; applied: string[] }> {
  const country = servedCountry();
  const folder = join(process.env.LAMBDA_TASK_ROOT ?? ".", "migrations", country.toLowerCase());
  const database = openDatabase(link.databaseUrl(country), { deadlineMs });
  try {
    const applied = await migrate(database, folder);
    log.info("database.migrated", { countryISO: country, count: applied.length });
    return { country, applied };
  } finally {
    await database.close();
  }
}
