import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { migrate as applyAll } from "drizzle-orm/mysql2/migrator";
import * as v from "valibot";
import { AppError } from "../error.ts";
import type { Database, Sql } from "./database.ts";

const journal = v.object({ entries: v.array(v.object({ tag: v.string(), when: v.number() })) });

/**
 * Applies the migrations of a folder made by drizzle-kit that the database does not have yet, one migrator at a time.
 *
 * @param lockSeconds how long to wait for another migrator, in seconds.
 * @returns the tags of those applied now, in order. Throws `configuration_invalid` when the folder is not there,
 * `database_unavailable` when another migrator holds the lock for longer.
 */
export async function migrate(database: Database, migrationsFolder: string, lockSeconds = 60): Promise<string[]> {
  const file = join(migrationsFolder, "meta", "_journal.json");
  if (!existsSync(file)) {
    throw new AppError("configuration_invalid", "There are no migrations in the folder; copy them beside the bundle");
  }
  const { entries } = v.parse(journal, JSON.parse(readFileSync(file, "utf8")));
  return database.run((db) =>
    locked(db, lockSeconds, async () => {
      const last = await lastApplied(db);
      await applyAll(db, { migrationsFolder });
      return entries.filter(({ when }) => when > last).map(({ tag }) => tag);
    }),
  );
}

// A lock belongs to a connection, and `run` gives one connection to its work.
async function locked<Result>(db: Sql, lockSeconds: number, work: () => Promise<Result>): Promise<Result> {
  const name = sql`concat('migrate.', database())`;
  const [rows] = await db.execute(sql`select get_lock(${name}, ${lockSeconds}) as held`);
  const [row] = v.parse(v.tuple([v.object({ held: v.nullable(v.number()) })]), rows);
  if (row.held !== 1)
    throw new AppError("database_unavailable", "Another migrator is at work; try again when it is done");
  try {
    return await work();
  } finally {
    await db.execute(sql`select release_lock(${name})`);
  }
}

/** When the newest migration in the database was generated, as drizzle-kit counts; 0 when there is none. */
async function lastApplied(db: Sql): Promise<number> {
  const [tables] = await db.execute(sql`show tables like '\\_\\_drizzle\\_migrations'`);
  if (!Array.isArray(tables) || tables.length === 0) return 0;
  const [rows] = await db.execute(sql`select max(created_at) as newest from __drizzle_migrations`);
  const [row] = v.parse(v.tuple([v.object({ newest: v.nullable(v.number()) })]), rows);
  return row.newest ?? 0;
}
