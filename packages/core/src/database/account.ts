import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { log } from "../log.ts";
import { type Backoff, fullJitter } from "../time.ts";
import { type Database, openDatabase, type Sql } from "./database.ts";
import { isPassing } from "./trouble.ts";
import { parseDatabaseUrl } from "./url.ts";

/** Whether two URLs name one account: a given database, that its team keeps; nothing is made there. */
export const isSameAccount = (owner: string, account: string): boolean =>
  parseDatabaseUrl(owner).user === parseDatabaseUrl(account).user;

/** How long a new RDS instance may not answer yet, in milliseconds. */
const patience = { totalMs: 4 * 60_000, baseMs: 500, capMs: 15_000 };

/**
 * Waits until the server of a URL answers, four minutes at most, with growing, random pauses, each logged.
 *
 * Throws `database_unavailable` when it does not, and at once for what does not pass by itself, as a wrong password.
 */
export async function untilServerAnswers(
  url: string,
  { totalMs, ...backoff }: Backoff & { totalMs: number } = patience,
) {
  const until = Date.now() + totalMs;
  const server = openDatabase(url, { serverOnly: true });
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await server.run((db) => db.execute(sql`select 1`));
        return;
      } catch (error) {
        const delayMs = fullJitter(attempt, backoff);
        const { cause, message: reason } = error as Error; // `run` throws nothing else
        if (!isPassing(cause) || Date.now() + delayMs > until) throw error;
        log.warn("database.awaited", { attempt, delaySeconds: Math.ceil(delayMs / 1000), reason });
        await sleep(delayMs);
      }
    }
  } finally {
    await server.close();
  }
}

/** Makes the database of a URL, if it is not there: an instance may hold the databases of several countries. */
export async function makeDatabase(url: string): Promise<void> {
  const { database } = parseDatabaseUrl(url);
  await using(openDatabase(url, { serverOnly: true }), (db) =>
    db.execute(sql`create database if not exists ${sql.identifier(database)} character set utf8mb4`),
  );
}

/**
 * Makes the account that functions use, or brings it up to date: it reads and writes rows of its database, and nothing
 * else. Then logs in as it, so that a deployment fails here and not in the functions.
 *
 * @param owner URL of the database's owner, who may create users and give rights away
 * @param account URL with the user and password to make
 */
export async function makeAccount(owner: string, account: string): Promise<void> {
  const { user, password, database } = parseDatabaseUrl(account);
  const name = sql`${user}@'%'`;
  // In a grant `_` and `%` are wildcards: docs of GRANT, "Database Privileges".
  const exactly = sql.identifier(database.replaceAll(/[_%]/g, "\\$&"));
  await using(openDatabase(owner), async (db) => {
    await db.execute(sql`create user if not exists ${name} identified by ${password}`);
    await db.execute(sql`alter user ${name} identified by ${password}`);
    await db.execute(sql`grant select, insert, update, delete on ${exactly}.* to ${name}`);
  });
  await using(openDatabase(account), (db) => db.execute(sql`select 1`));
}

async function using(database: Database, work: (db: Sql) => Promise<unknown>): Promise<void> {
  try {
    await database.run(work);
  } finally {
    await database.close();
  }
}
