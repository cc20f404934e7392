import { join } from "node:path";
import { link } from "@appointments/core/aws/client";
import { isSameAccount, makeAccount, makeDatabase, untilServerAnswers } from "@appointments/core/database/account";
import { openDatabase } from "@appointments/core/database/database";
import { migrate } from "@appointments/core/database/migrate";
import { log } from "@appointments/core/log";
import { servedCountry } from "./environment.ts";

/** A migration can rebuild a table; the function's own timeout ends it sooner. Milliseconds. */
const deadlineMs = 15 * 60_000;

/**
 * `migratePe`, `migrateCl`, …: brings the country's database up to date, as its owner, and makes the account that the
 * functions use. The deployment invokes it when the migrations or the database change, and fails if it does. It can be
 * stopped at any moment and invoked again.
 *
 * @returns the migrations applied now, in order; none when there was nothing to do.
 */
export async function handler(): Promise<{ country: string; applied: string[] }> {
  const country = servedCountry();
  const folder = join(process.env.LAMBDA_TASK_ROOT ?? ".", "migrations", country.toLowerCase());
  const [owner, account] = [link.databaseOwnerUrl(country), link.databaseUrl(country)];
  // A new instance has an address before it answers.
  await untilServerAnswers(owner);
  const ours = !isSameAccount(owner, account);
  if (ours) await makeDatabase(owner);
  const database = openDatabase(owner, { deadlineMs });
  try {
    const applied = await migrate(database, folder);
    if (ours) await makeAccount(owner, account);
    log.info("database.migrated", { countryISO: country, count: applied.length });
    return { country, applied };
  } finally {
    await database.close();
  }
}
