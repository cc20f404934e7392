import { readdirSync, readFileSync } from "node:fs";
import { type CountryCode, countryCodes, migrationsFolder } from "./country.ts";
import { countryTables } from "./row.ts";

/**
 * The SQL that a country's migrations still lack to make its schema; empty when they make exactly it. Needs no
 * database: drizzle-kit keeps a snapshot of the schema beside each migration.
 */
export async function drift(code: CountryCode): Promise<string[]> {
  const { generateMySQLDrizzleJson, generateMySQLMigration } = await import("drizzle-kit/api");
  const meta = new URL(`../${migrationsFolder(code)}/meta/`, import.meta.url);
  const newest = readdirSync(meta)
    .filter((file) => file.endsWith("_snapshot.json"))
    .toSorted()
    .at(-1);
  if (newest === undefined) throw new Error(`${code} has no migration yet: COUNTRY=${code} npm run db:generate`);
  const migrated = JSON.parse(readFileSync(new URL(newest, meta), "utf8"));
  const declared = await generateMySQLDrizzleJson({ table: countryTables[code] }, migrated.id);
  return generateMySQLMigration(migrated, declared);
}

/* `npm run db:check`: says for each country whether its migrations make its schema. */
if (import.meta.main) {
  for (const code of countryCodes) {
    const missing = await drift(code);
    if (missing.length === 0) {
      console.log(`${code}: the migrations make exactly the schema.`);
    } else {
      console.error(
        `${code}: the migrations lack this; COUNTRY=${code} npm run db:generate writes it:\n${missing.join("\n")}`,
      );
      process.exitCode = 1;
    }
  }
}
