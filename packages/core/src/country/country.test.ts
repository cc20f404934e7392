import { existsSync } from "node:fs";
import { getTableConfig } from "drizzle-orm/mysql-core";
import { describe, expect, test } from "vitest";
import {
  consumerName,
  countries,
  countryCodes,
  databaseName,
  isCountryCode,
  migrationsFolder,
  migratorName,
  queueName,
} from "./country.ts";
import { drift } from "./drift.ts";
import { countryTables } from "./row.ts";

test("a country's components are named by its code", () => {
  expect([queueName("PE"), databaseName("PE"), consumerName("PE"), migratorName("PE")]).toEqual([
    "SQS_PE",
    "DatabasePe",
    "appointmentPe",
    "migratePe",
  ]);
});

test.each(["XX", "pe", "", "toString", "__proto__"])("%j is no country", (text) => {
  expect(isCountryCode(text)).toBe(false);
});

describe.each(countryCodes)("%s", (code) => {
  test("stands under its own code", () => {
    expect(countries[code].code).toBe(code);
    expect(countries[code].suffix.toUpperCase()).toBe(code);
  });

  test("has migrations", () => {
    expect(existsSync(new URL(`../${migrationsFolder(code)}/meta/_journal.json`, import.meta.url))).toBe(true);
  });

  test("has migrations that make exactly its schema: nothing is left to generate", async () => {
    expect(await drift(code)).toEqual([]);
  });

  test("has the unique key that guards its slots", () => {
    const { uniqueConstraints } = getTableConfig(countryTables[code]);
    expect(uniqueConstraints.map(({ columns }) => columns.map(({ name }) => name))).toContainEqual([
      "live_schedule_id",
    ]);
  });
});
