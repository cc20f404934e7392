import { type Country, eraserName } from "../../core/src/country/country.ts";
import type { CountryDatabase } from "./database.ts";

/**
 * The function `erase<Suffix>`, which takes people out of a country's rows: for operators, who may invoke it without a way
 * into the VPC, and twice a day for rows that are older than the country keeps. Nothing under `sst dev`, where the databases
 * are at hand and nothing in them is old.
 */
export function eraseRows(country: Country, database: CountryDatabase) {
  if ($dev) return undefined;
  const name = eraserName(country.code);
  const fn = new sst.aws.Function(name, {
    handler: "packages/functions/src/erase.handler",
    description: `Erases people from the rows of ${country.name}`,
    timeout: "1 minute",
    link: [database.link],
    environment: { COUNTRY: country.code },
    vpc: database.vpc,
  });
  new sst.aws.CronV2(`Retention${country.suffix}`, {
    schedule: "rate(12 hours)",
    function: fn.arn,
    event: { ask: "expire" },
  });
  return fn;
}
