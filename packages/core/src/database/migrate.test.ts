import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, startMysql, type TestServer } from "@appointments/tests/kit/mysql";
import { migrate as drizzleMigrate } from "drizzle-orm/mysql2/migrator";
import type { RowDataPacket } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { migrationsFolder } from "../country/country.ts";
import { type Database, openDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";

const pe = new URL(`../${migrationsFolder("PE")}`, import.meta.url).pathname;

let server: TestServer;
let url: string;
let admin: Connection;
let database: Database;
let folder: string;

beforeAll(async () => {
  server = await startMysql();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  ({ url, admin } = await server.emptyDatabase());
  database = openDatabase(url, { connectionLimit: 5, deadlineMs: 30_000 });
  folder = await mkdtemp(join(tmpdir(), "migrations-"));
  await cp(pe, folder, { recursive: true });
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

async function addMigration(tag: string, statement: string): Promise<void> {
  const file = join(folder, "meta", "_journal.json");
  const journal = JSON.parse(await readFile(file, "utf8"));
  const last = journal.entries.at(-1);
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag });
  await writeFile(file, JSON.stringify(journal));
  await writeFile(join(folder, `${tag}.sql`), statement);
}

test("an empty database gets all migrations, and a second time none", async () => {
  expect(await migrate(database, folder)).toEqual(["0000_appointment", "0001_change", "0002_held_by"]);
  expect(await migrate(database, folder)).toEqual([]);
});

test("only what is new is applied, and what is there stays", async () => {
  await migrate(database, folder);
  await admin.query(
    "insert into appointment (id, insured_id, schedule_id, status, version, created_at, updated_at) values ('a', '00042', 7, 'completed', 2, now(3), now(3))",
  );
  await addMigration("0001_note", "alter table appointment add column note varchar(10)");
  expect(await migrate(database, folder)).toEqual(["0001_note"]);
  const [rows] = await admin.query("select insured_id, live_schedule_id, note from appointment");
  expect(rows).toEqual([{ insured_id: "00042", live_schedule_id: 7, note: null }]);
});

test("two migrators at once take turns: each migration is applied once", async () => {
  const both = await Promise.all([migrate(database, folder), migrate(database, folder)]);
  expect(both.toSorted((a, b) => a.length - b.length)).toEqual([
    [],
    ["0000_appointment", "0001_change", "0002_held_by"],
  ]);
});

test("a migrator that waits in vain for another applies nothing", async () => {
  await admin.query("select get_lock(concat('migrate.', database()), 0)");
  await expect(migrate(database, folder, 0)).rejects.toMatchObject({ code: "database_unavailable", retry: true });
  const [tables] = await admin.query("show tables");
  expect(tables).toEqual([]);
});

/** Runs a migrator in a process of its own, until `at` is what it waits for; then kills it. Returns its connection's id. */
async function killedAt(at: string): Promise<number> {
  const here = (file: string) => new URL(file, import.meta.url).href;
  const program = `
    import { openDatabase } from "${here("./database.ts")}";
    import { migrate } from "${here("./migrate.ts")}";
    await migrate(openDatabase(${JSON.stringify(url)}, { deadlineMs: 60_000 }), ${JSON.stringify(folder)});`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "inherit" });
  const exit = once(child, "exit");
  for (;;) {
    const [rows] = await admin.query<RowDataPacket[]>(
      "select id from information_schema.processlist where db = database() and info like ? and state like '%metadata lock%'",
      [`${at}%`],
    );
    if (rows[0]) {
      child.kill("SIGKILL");
      await exit;
      return Number(rows[0].id ?? rows[0].ID);
    }
    if (child.exitCode !== null) throw new Error(`The migrator has ended before it came to ${at}`);
  }
}

async function isConnected(connection: number): Promise<boolean> {
  const [rows] = await admin.query<RowDataPacket[]>("select 1 from information_schema.processlist where id = ?", [
    connection,
  ]);
  return rows.length > 0;
}

test.each([
  ["which the server finishes alone", false],
  ["which the server drops", true],
])("a migrator that is killed within its second statement, %s: the next one goes on there", async (_, drop) => {
  await migrate(database, folder);
  await addMigration(
    "0002_notes",
    [
      "create table note (id int primary key)",
      "alter table appointment add column note varchar(10)",
      "insert into note values (1)",
    ].join("--> statement-breakpoint\n"),
  );
  // Who has read the table holds back whoever changes it.
  await admin.beginTransaction();
  await admin.query("select count(*) from appointment");
  const connection = await killedAt("alter table appointment");
  if (drop) await admin.query(`kill ${connection}`);
  await admin.commit();

  expect(await migrate(database, folder)).toEqual(["0002_notes"]);
  const [notes] = await admin.query("select appointment.note, note.id from note left join appointment on true");
  expect(notes).toEqual([{ note: null, id: 1 }]);
  const [steps] = await admin.query("select * from __migration_step");
  expect(steps).toEqual([]);
  expect(await migrate(database, folder)).toEqual([]);
});

test("a migrator that is killed while it changes rows: the next one changes them, once", async () => {
  await migrate(database, folder);
  await admin.query("create table note (text varchar(10))"); // no key that would refuse a second row
  await addMigration("0002_rows", "insert into note values ('once')");
  // Killed while the server works: the statement is done, and nobody is there to be told.
  await admin.query("lock tables note write");
  const connection = await killedAt("insert into note");
  await admin.query("unlock tables");
  await expect.poll(() => isConnected(connection), { timeout: 30_000 }).toBe(false);

  expect(await migrate(database, folder)).toEqual(["0002_rows"]);
  const [notes] = await admin.query("select * from note");
  expect(notes).toEqual([{ text: "once" }]);
});

test("what is there already is excused only where an earlier migrator stopped", async () => {
  await migrate(database, folder);
  await addMigration("0002_twice", "alter table appointment add column changes int");
  await expect(migrate(database, folder)).rejects.toMatchObject({
    message: expect.stringContaining("ER_DUP_FIELDNAME"),
  });
});

test("drizzle-kit's own migrator agrees on what is applied", async () => {
  await migrate(database, folder);
  await database.run((db) => drizzleMigrate(db, { migrationsFolder: folder }));
  const [rows] = await admin.query("select count(*) as count from __drizzle_migrations");
  expect(rows).toEqual([{ count: 3 }]);
});

test("a migration that fails is reported, and the lock is released", async () => {
  await migrate(database, folder);
  await addMigration("0001_broken", "alter table absent add column note varchar(10)");
  await expect(migrate(database, folder)).rejects.toMatchObject({ code: "database_unavailable" });
  const [rows] = await admin.query("select is_free_lock(concat('migrate.', database())) as free");
  expect(rows).toEqual([{ free: 1 }]);
});

test("a folder with no migrations is a fault of the deployment", async () => {
  await expect(migrate(database, tmpdir())).rejects.toMatchObject({ code: "configuration_invalid" });
});
