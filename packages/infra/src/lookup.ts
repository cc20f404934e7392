import { type Country, lookupName } from "../../core/src/country/country.ts";
import type { CountryDatabase } from "./database.ts";

/**
 * The function `lookup<Suffix>`, by which operators read a country's rows: who may invoke it needs no way into the VPC. Under
 * `sst dev` the databases are at hand.
 */
export function lookupRows(country: Country, database: CountryDatabase) {
  if ($dev) return;
  new sst.aws.Function(lookupName(country.code), {
    handler: "packages/functions/src/lookup.handler",
    description: `Reads the rows of ${country.name} for operators`,
    timeout: "30 seconds",
    link: [database.link],
    environment: { COUNTRY: country.code },
    vpc: database.vpc,
  });
}
