import { randomBytes } from "node:crypto";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrationsFolder } from "@appointments/core/country/country";
import { openDatabase } from "@appointments/core/database/database";
import { captureLog } from "@appointments/tests/kit/capture";
import { startMysql, type TestServer } from "@appointments/tests/kit/mysql";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

/* Links are read once, so both countries' are made before any test: Chile's database is ours, Peru's is given. */
let server: TestServer;
let taskRoot: string;
let chile: Awaited<ReturnType<TestServer["emptyDatabase"]>>;
let peru: typeof chile;
const account = { user: `functions_${randomBytes(4).toString("hex")}`, url: "" };

beforeAll(async () => {
  server = await startMysql();
  taskRoot = await mkdtemp(join(tmpdir(), "task-root-"));
  const core = new URL("../../core/src/", import.meta.url);
  for (const code of ["CL", "PE"] as const)
    await cp(new URL(migrationsFolder(code), core), join(taskRoot, "migrations", code.toLowerCase()), {
      recursive: true,
    });
  [chile, peru] = [await server.emptyDatabase(), await server.emptyDatabase()];
  const functions = new URL(chile.url);
  [functions.username, functions.password] = [account.user, "rows-only"];
  account.url = functions.href;
  vi.stubEnv("LAMBDA_TASK_ROOT", taskRoot);
  for (const [link, value] of Object.entries({
    App: {},
    DatabaseClOwner: { url: chile.url },
    DatabaseCl: account,
    DatabasePeOwner: { url: peru.url },
    DatabasePe: { url: peru.url },
  }))
    vi.stubEnv(`SST_RESOURCE_${link}`, JSON.stringify(value));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(taskRoot, { recursive: true });
  await chile?.admin.query("drop user if exists ?@'%'", [account.user]);
  await server?.stop();
});

async function migrated(country: string) {
  vi.stubEnv("COUNTRY", country);
  return (await import("./migrate.ts")).handler();
}

test("the migrations beside the bundle are applied to the country's database, once", async () => {
  const logged = captureLog();
  expect(await migrated("CL")).toEqual({
    country: "CL",
    applied: ["0000_appointment", "0001_change", "0002_held_by"],
  });
  expect(logged()).toMatch(/"event":"database.migrated","countryISO":"CL","count":3/);
  expect(await migrated("CL")).toEqual({ country: "CL", applied: [] });
  const [rows] = await chile.admin.query("select * from appointment");
  expect(rows).toEqual([]);
});

test("the functions' account of the link is made, and changes no schema", async () => {
  captureLog();
  await migrated("CL");
  const functions = openDatabase(account.url);
  await functions.run((db) => db.execute("delete from appointment"));
  await expect(functions.run((db) => db.execute("drop table appointment"))).rejects.toMatchObject({
    message: expect.stringContaining("ER_TABLEACCESS_DENIED_ERROR"),
  });
  await functions.close();
});

test("a migrator that was stopped before it made the account makes it the next time, though nothing is left to apply", async () => {
  captureLog();
  await migrated("CL");
  await chile.admin.query("drop user ?@'%'", [account.user]);
  expect((await migrated("CL")).applied).toEqual([]);
  const functions = openDatabase(account.url);
  await functions.run((db) => db.execute("delete from appointment"));
  await functions.close();
});

test("a given database, that owner and functions share, gets its migrations and no account", async () => {
  captureLog();
  expect((await migrated("PE")).applied).toHaveLength(3);
  const [grants] = await peru.admin.query("show grants");
  expect(JSON.stringify(grants)).not.toContain(peru.admin.config.database?.slice("test_".length));
});
