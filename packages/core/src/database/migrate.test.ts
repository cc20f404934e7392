import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, startMysql, type TestServer } from "@appointments/tests/kit/mysql";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { migrationsFolder } from "../country/country.ts";
import { type Database, openDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";

const pe = new URL(`../${migrationsFolder("PE")}`, import.meta.url).pathname;

let server: TestServer;
let admin: Connection;
let database: Database;
let folder: string;

beforeAll(async () => {
  server = await startMysql();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  const made = await server.emptyDatabase();
  admin = made.admin;
  database = openDatabase(made.url, { connectionLimit: 5, deadlineMs: 30_000 });
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
