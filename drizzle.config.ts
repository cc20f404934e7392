import { readFileSync } from "node:fs";
import { defineConfig } from "drizzle-kit";
import { countryCodes, isCountryCode, migrationsFolder } from "./packages/core/src/country/country.ts";

/**
 * One configuration for every country: `COUNTRY=PE drizzle-kit generate`.
 *
 * `generate` and `check` need no database. The others take `DATABASE_URL_<COUNTRY>`, else the database of the running
 * local system.
 */
const code = process.env.COUNTRY ?? "";
if (!isCountryCode(code)) throw new Error(`Set COUNTRY to one of ${countryCodes.join(", ")}, e.g. COUNTRY=PE`);

const source = "./packages/core/src";
const folder = code.toLowerCase();
const needsDatabase = !process.argv.some((word) => ["generate", "check", "drop", "export", "up"].includes(word));

export default defineConfig({
  dialect: "mysql",
  schema: `${source}/country/${folder}/schema.ts`,
  out: `${source}/${migrationsFolder(code)}`,
  strict: true,
  ...(needsDatabase && { dbCredentials: { url: databaseUrl(code) } }),
});

function databaseUrl(country: string): string {
  const url = process.env[`DATABASE_URL_${country}`] ?? localSystem()?.databases?.[country];
  if (url) return url;
  throw new Error(`Which database? Start the local system (npm start), or set DATABASE_URL_${country}=mysql://…`);
}

function localSystem(): { databases?: Record<string, string> } | undefined {
  try {
    return JSON.parse(readFileSync(".local/system.json", "utf8"));
  } catch {
    return undefined; // not running
  }
}
