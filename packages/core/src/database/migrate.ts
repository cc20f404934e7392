import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import * as v from "valibot";
import { AppError } from "../error.ts";
import type { Database, Sql } from "./database.ts";
import { isAlreadyDone } from "./trouble.ts";

const journal = v.object({ entries: v.array(v.object({ tag: v.string(), when: v.number() })) });

/**
 * Applies the migrations of a folder made by drizzle-kit that the database does not have yet, one migrator at a time.
 *
 * MySQL commits every change of a schema at once, so a migrator can stop in the middle of a migration. `__migration_step`
 * holds how far it came, and the next one goes on there:
 *
 *   begun = n → statement n (and done = n, with it if it changes rows) → … → __drizzle_migrations, step deleted
 *        └ stopped here: statement n may be there or not; it runs again, and "already there" counts as done
 *
 * `__drizzle_migrations` is drizzle-kit's own table, so `drizzle-kit migrate` on a laptop agrees with this.
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
  const tags = new Map(entries.map(({ when, tag }) => [when, tag]));
  const applied = new Set<string>();
  await database.run((db) =>
    locked(db, lockSeconds, async () => {
      const last = await lastApplied(db);
      for (const migration of readMigrationFiles({ migrationsFolder })) {
        if (migration.folderMillis <= last) continue;
        await apply(db, migration);
        applied.add(tags.get(migration.folderMillis) ?? String(migration.folderMillis));
      }
    }),
  );
  return [...applied];
}

// A lock belongs to a connection, and `run` gives one connection to its work.
async function locked(db: Sql, lockSeconds: number, work: () => Promise<void>): Promise<void> {
  const name = sql`concat('migrate.', database())`;
  const [rows] = await db.execute(sql`select get_lock(${name}, ${lockSeconds}) as held`);
  const [row] = v.parse(v.tuple([v.object({ held: v.nullable(v.number()) })]), rows);
  if (row.held !== 1)
    throw new AppError("database_unavailable", "Another migrator is at work; try again when it is done");
  try {
    await work();
  } finally {
    await db.execute(sql`select release_lock(${name})`);
  }
}

/** When the newest migration in the database was generated, as drizzle-kit counts; 0 when there is none. */
async function lastApplied(db: Sql): Promise<number> {
  await db.execute(
    sql`create table if not exists __drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`,
  );
  await db.execute(
    sql`create table if not exists __migration_step (created_at bigint primary key, begun int not null, done int not null)`,
  );
  const [rows] = await db.execute(sql`select max(created_at) as newest from __drizzle_migrations`);
  const [row] = v.parse(v.tuple([v.object({ newest: v.nullable(v.number()) })]), rows);
  return row.newest ?? 0;
}

const step = v.array(v.object({ begun: v.number(), done: v.number() }));

/** Applies one migration, from the statement where an earlier try stopped. */
async function apply(db: Sql, { sql: statements, folderMillis, hash }: ReturnType<typeof readMigrationFiles>[number]) {
  const where = sql`where created_at = ${folderMillis}`;
  await db.execute(sql`insert ignore into __migration_step values (${folderMillis}, 0, 0)`);
  const [rows] = await db.execute(sql`select begun, done from __migration_step ${where}`);
  const [{ begun, done } = { begun: 0, done: 0 }] = v.parse(step, rows);
  for (const [index, statement] of statements.entries()) {
    const number = index + 1;
    if (number <= done) continue;
    await db.execute(sql`update __migration_step set begun = ${number} ${where}`);
    // A change of the schema ends the transaction by itself; a change of rows is committed with its step, or not at all.
    await db.transaction(async (tx) => {
      try {
        await tx.execute(sql.raw(statement));
      } catch (error) {
        if (number !== begun || !isAlreadyDone(error)) throw error;
      }
      await tx.execute(sql`update __migration_step set done = ${number} ${where}`);
    });
  }
  await db.transaction(async (tx) => {
    await tx.execute(sql`insert into __drizzle_migrations (hash, created_at) values (${hash}, ${folderMillis})`);
    await tx.execute(sql`delete from __migration_step ${where}`);
  });
}
