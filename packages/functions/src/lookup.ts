import { link, once } from "@appointments/core/aws/client";
import { answer, lookupRequest, rowsIn } from "@appointments/core/country/lookup";
import { openDatabase } from "@appointments/core/database/database";
import { AppError } from "@appointments/core/error";
import { log } from "@appointments/core/log";
import * as v from "valibot";
import { servedCountry } from "./environment.ts";

/** One connection: it answers one question after another, and a small instance has few. */
const database = once(() => openDatabase(link.databaseUrl(servedCountry()), { connectionLimit: 1 }));

/**
 * `lookupPe`, `lookupCl`, …: answers operators about the country's rows from inside the VPC. `npm run ops` invokes it on a
 * stage; nothing else does. Each question is logged, without what it asks about.
 *
 * Throws `message_invalid` for another question.
 */
export async function handler(event: unknown): Promise<unknown> {
  const country = servedCountry();
  const request = v.safeParse(lookupRequest, event);
  if (!request.success)
    throw new AppError("message_invalid", "Ask as Rows in packages/core/src/country/lookup.ts does");
  const found = await answer(rowsIn(database(), country), request.output);
  log.info("rows.looked-up", { countryISO: country, reason: request.output.ask, count: found.length });
  return found;
}
