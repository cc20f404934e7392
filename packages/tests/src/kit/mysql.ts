import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type CountryCode, migrationsFolder } from "@appointments/core/country/country";
import { openDatabase } from "@appointments/core/database/database";
import { migrate } from "@appointments/core/database/migrate";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { root } from "../repository.ts";

export type { Connection };

/** Runs a statement on a connection of its own: none of before can be broken or in the way. */
export async function query<Found extends object>(url: string, sql: string, values: unknown[] = []): Promise<Found[]> {
  const connection = await createConnection(url);
  try {
    const [rows] = await connection.query<(Found & RowDataPacket)[]>(sql, values);
    return Array.isArray(rows) ? rows.map((row) => ({ ...row })) : [];
  } finally {
    connection.destroy();
  }
}

/** Statements that make a user who may do everything in the databases of a pattern. */
export const userWith = (password: string, user: string, databases: string): string[] => [
  `CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${password}'`,
  `GRANT ALL PRIVILEGES ON ${databases}.* TO '${user}'@'%'`,
];

/** Makes an empty database on a server, under a name that no other suite has. */
export async function makeDatabase(server: string) {
  const url = new URL(server);
  const name = `test_${randomBytes(6).toString("hex")}`;
  url.pathname = "/";
  const whole = url.href;
  await query(whole, `create database ${name}`);
  url.pathname = name;
  return { url: url.href, drop: () => query(whole, `drop database ${name}`) };
}

export type TestServer = Awaited<ReturnType<typeof startMysql>>;

/** Databases for one test file, on the server that the setup of the test run names; they are gone after `stop`. */
export async function startMysql() {
  const server = process.env.TEST_MYSQL_URL;
  if (!server) throw new Error("TEST_MYSQL_URL is not set: run the tests with vitest from the root of the repository");
  const made: (() => Promise<unknown>)[] = [];

  async function emptyDatabase(): Promise<{ url: string; admin: Connection }> {
    const { url, drop } = await makeDatabase(server ?? "");
    const admin = await createConnection({ uri: url, timezone: "Z" });
    made.push(drop, () => admin.end());
    return { url, admin };
  }

  return {
    emptyDatabase,
    /** Makes a database with the country's tables. */
    async countryDatabase(country: CountryCode) {
      const fresh = await emptyDatabase();
      const database = openDatabase(fresh.url);
      await migrate(database, join(root, "packages/core/src", migrationsFolder(country)));
      await database.close();
      return fresh;
    },
    async stop(): Promise<void> {
      for (const end of made) await end();
    },
  };
}
