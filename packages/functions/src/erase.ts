import { link, once } from "@appointments/core/aws/client";
import { answerErasure, type Erasure, eraseRequest } from "@appointments/core/country/erase";
import { openDatabase } from "@appointments/core/database/database";
import { AppError } from "@appointments/core/error";
import { log } from "@appointments/core/log";
import type { Context } from "aws-lambda";
import * as v from "valibot";
import { servedCountry } from "./environment.ts";

/** Milliseconds that a batch needs at worst; with less left a run ends, and the next goes on. */
const batchMs = 20_000;

/** One connection: it does one statement after another, and a small instance has few. */
const database = once(() =>
  openDatabase(link.databaseUrl(servedCountry()), { connectionLimit: 1, deadlineMs: 15_000 }),
);

/**
 * `erasePe`, `eraseCl`, …: takes people out of the country's rows, from inside the VPC. `npm run ops -- person erase` invokes
 * it on a stage for one insured; a schedule, every twelve hours, for what the country keeps no longer. Safe to repeat.
 *
 * Throws `message_invalid` for another request.
 */
export async function handler(event: unknown, context: Context): Promise<Erasure> {
  const country = servedCountry();
  const request = v.safeParse(eraseRequest, event);
  if (!request.success) {
    throw new AppError("message_invalid", "Ask as eraseRequest in packages/core/src/country/erase.ts says");
  }
  const mayGoOn = () => context.getRemainingTimeInMillis() > batchMs;
  const done = await answerErasure(database(), country, request.output, mayGoOn);
  log.info("rows.erased", { countryISO: country, reason: request.output.ask, count: done.rows });
  return done;
}
