import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Country, migrationsFolder, migratorName } from "../../core/src/country/country.ts";
import type { countryDatabase } from "./database.ts";

/**
 * The function `migrate<Suffix>` and its invocation by `sst deploy` whenever the country's migrations change. Under
 * `sst dev` the databases are local and `npm run db:migrate` does it. What depends on the schema depends on the result.
 */
export function migrateDatabase(country: Country, database: ReturnType<typeof countryDatabase>) {
  const folder = `packages/core/src/${migrationsFolder(country.code)}`;
  const name = migratorName(country.code);
  const fn = new sst.aws.Function(name, {
    handler: "packages/functions/src/migrate.handler",
    description: `Brings the schema of ${country.name} up to date`,
    timeout: "5 minutes",
    link: [database.link],
    environment: { COUNTRY: country.code },
    vpc: database.vpc,
    copyFiles: [{ from: folder, to: `migrations/${country.code.toLowerCase()}` }],
  });
  if ($dev) return [];
  return [
    new aws.lambda.Invocation(`${name}Invocation`, {
      functionName: fn.name,
      input: JSON.stringify({}),
      triggers: { migrations: hashOf(join($cli.paths.root, folder)) },
    }),
  ];
}

/** The same as long as no file in the folder is added, removed, renamed or changed. */
export function hashOf(folder: string): string {
  const hash = createHash("sha256");
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).sort((a, b) =>
    join(a.parentPath, a.name).localeCompare(join(b.parentPath, b.name)),
  )) {
    if (entry.isFile()) hash.update(entry.name).update(readFileSync(join(entry.parentPath, entry.name)));
  }
  return hash.digest("hex");
}
