import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrationsFolder } from "@appointments/core/country/country";
import { captureLog } from "@appointments/tests/kit/capture";
import { startMysql, type TestServer } from "@appointments/tests/kit/mysql";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

let server: TestServer;
let taskRoot: string;

beforeAll(async () => {
  server = await startMysql();
  taskRoot = await mkdtemp(join(tmpdir(), "task-root-"));
  const core = new URL("../../core/src/", import.meta.url);
  await cp(new URL(migrationsFolder("CL"), core), join(taskRoot, "migrations", "cl"), { recursive: true });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(taskRoot, { recursive: true });
  await server?.stop();
});

test("the migrations beside the bundle are applied to the country's database, once", async () => {
  const { url, admin } = await server.emptyDatabase();
  vi.stubEnv("LAMBDA_TASK_ROOT", taskRoot);
  vi.stubEnv("COUNTRY", "CL");
  vi.stubEnv("SST_RESOURCE_App", "{}");
  vi.stubEnv("SST_RESOURCE_DatabaseCl", JSON.stringify({ url }));
  const { handler } = await import("./migrate.ts");
  const logged = captureLog();
  expect(await handler()).toEqual({
    country: "CL",
    applied: ["0000_appointment", "0001_change", "0002_held_by"],
  });
  expect(logged()).toMatch(/"event":"database.migrated","countryISO":"CL","count":3/);
  expect(await handler()).toEqual({ country: "CL", applied: [] });
  const [rows] = await admin.query("select * from appointment");
  expect(rows).toEqual([]);
});
