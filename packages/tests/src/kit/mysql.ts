import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type CountryCode, migrationsFolder } from "@appointments/core/country/country";
import { openDatabase } from "@appointments/core/database/database";
import { migrate } from "@appointments/core/database/migrate";
import { type Connection, createConnection } from "mysql2/promise";
import { root as repository } from "../repository.ts";

export type { Connection };

/** Databases for one test file, on the server of the whole test run. */
export interface TestServer {
  /** Makes a database with the country's tables; it is gone after `stop`. */
  countryDatabase: (country: CountryCode) => Promise<{ url: string; admin: Connection }>;
  /** Makes an empty database. */
  emptyDatabase: () => Promise<{ url: string; admin: Connection }>;
  stop: () => Promise<void>;
}

/** The server that the setup of the test run names: the test makes databases of its own there, and drops them. */
export async function startMysql(): Promise<TestServer> {
  const given = process.env.TEST_MYSQL_URL;
  if (!given) throw new Error("TEST_MYSQL_URL is not set: run the tests with vitest from the root of the repository");
  const server = new URL(given);
  const made: { name: string; admin: Connection }[] = [];

  async function emptyDatabase() {
    const name = `test_${randomBytes(6).toString("hex")}`;
    const root = await createConnection(server.href);
    await root.query(`create database ${name}`);
    await root.end();
    const url = new URL(`/${name}${server.search}`, server).href;
    const admin = await createConnection({ uri: url, timezone: "Z" });
    made.push({ name, admin });
    return { url, admin };
  }

  return {
    emptyDatabase,
    countryDatabase: async (country) => {
      const fresh = await emptyDatabase();
      const database = openDatabase(fresh.url);
      await migrate(database, join(repository, "packages/core/src", migrationsFolder(country)));
      await database.close();
      return fresh;
    },
    stop: async () => {
      for (const { name, admin } of made) {
        await admin.query(`drop database ${name}`);
        await admin.end();
      }
    },
  };
}
