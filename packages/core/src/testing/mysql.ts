import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type Connection, createConnection } from "mysql2/promise";
import { type CountryCode, migrationsFolder } from "../country/country.ts";
import { openDatabase } from "../database/database.ts";
import { migrate } from "../database/migrate.ts";
import { close, listen } from "./emulator.ts";

export type { Connection };

/** A MySQL or MariaDB server for one test file. */
export interface TestServer {
  /** Makes a database with the country's tables; it is gone when the server stops. */
  countryDatabase: (country: CountryCode) => Promise<{ url: string; admin: Connection }>;
  /** Makes an empty database. */
  emptyDatabase: () => Promise<{ url: string; admin: Connection }>;
  stop: () => Promise<void>;
}

/**
 * The server that `DATABASE_URL_PE` names, in which the test makes databases of its own and drops them; else a private
 * MariaDB with its own data folder on a free port.
 */
export async function startMysql(): Promise<TestServer> {
  const given = process.env.DATABASE_URL_PE ?? process.env.DATABASE_URL_CL;
  const server = given ? { url: new URL(given), stop: async () => {} } : await startMariadb();
  const made: { name: string; admin: Connection }[] = [];

  async function emptyDatabase() {
    const name = `test_${randomBytes(6).toString("hex")}`;
    const root = await createConnection(server.url.href);
    await root.query(`create database ${name}`);
    await root.end();
    const url = new URL(`/${name}${server.url.search}`, server.url).href;
    const admin = await createConnection({ uri: url, timezone: "Z" });
    made.push({ name, admin });
    return { url, admin };
  }

  return {
    emptyDatabase,
    countryDatabase: async (country) => {
      const fresh = await emptyDatabase();
      const database = openDatabase(fresh.url);
      await migrate(database, new URL(`../${migrationsFolder(country)}`, import.meta.url).pathname);
      await database.close();
      return fresh;
    },
    stop: async () => {
      for (const { name, admin } of made) {
        await admin.query(`drop database ${name}`);
        await admin.end();
      }
      await server.stop();
    },
  };
}

async function startMariadb(): Promise<{ url: URL; stop: () => Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), "appointments-mariadb-"));
  const data = join(home, "data");
  const user = userInfo().username;
  await promisify(execFile)(
    "mariadb-install-db",
    [
      "--no-defaults",
      "--auth-root-authentication-method=normal",
      `--datadir=${data}`,
      `--user=${user}`,
      "--skip-test-db",
    ],
    { timeout: 60_000 },
  );
  const port = await freePort();
  const child = spawn(
    "mariadbd",
    [
      "--no-defaults",
      `--datadir=${data}`,
      `--user=${user}`,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--socket=${join(home, "socket")}`,
      "--innodb-flush-log-at-trx-commit=0",
      "--innodb-buffer-pool-size=32M",
    ],
    { stdio: "ignore" },
  );
  const url = new URL(`mysql://root@127.0.0.1:${port}/`);
  await untilItAnswers(url, child);
  return {
    url,
    stop: async () => {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await exited;
      clearTimeout(timer);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function untilItAnswers(url: URL, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline && child.exitCode === null) {
    try {
      await (await createConnection(url.href)).end();
      return;
    } catch {
      await sleep(50);
    }
  }
  child.kill("SIGKILL");
  throw new Error(`MariaDB did not start on port ${url.port}; run mariadbd by hand to see why`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await close(server);
  return port;
}
