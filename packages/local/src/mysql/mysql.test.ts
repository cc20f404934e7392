import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { GraphDatabase } from "@appointments/graph/graph";
import { createConnection } from "mysql2/promise";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { commandLine, isAlive } from "../process/process.ts";
import { byServer, type Mysql, type MysqlOptions, startMysql } from "./mysql.ts";

// A first start makes a data folder, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let dataDir: string;
const running: Mysql[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "mysql-test-"));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((mysql) => mysql.stop()));
  await rm(dataDir, { recursive: true, force: true });
});

function database(name: string, overrides: Partial<GraphDatabase> = {}): GraphDatabase {
  return {
    name: `Database${name[0]?.toUpperCase()}${name.slice(1)}`,
    identifier: `app-local-${name}`,
    engine: "mysql",
    engineVersion: "8.4",
    hosts: [`${name}.rds.amazonaws.com`, `${name}.proxy.rds.amazonaws.com`],
    port: 3306,
    username: `user_${name}`,
    password: `p@ss'"\\/%${name}`,
    database: `shop_${name}`,
    ...overrides,
  };
}

async function start(options: Partial<MysqlOptions> = {}): Promise<Mysql> {
  const mysql = await startMysql({ dataDir, databases: [database("north"), database("south")], ...options });
  running.push(mysql);
  return mysql;
}

async function query(mysql: Mysql, name: string, sql: string): Promise<unknown> {
  const connection = await createConnection(mysql.urls.get(name) ?? "");
  try {
    const [rows] = await connection.query(sql);
    return rows;
  } finally {
    await connection.end();
  }
}

test("a graph without databases starts nothing", async () => {
  const mysql = await start({ databases: [] });
  expect(mysql).toMatchObject({ kind: "none", pids: [] });
});

test("a data folder that a killed start was still making is not used, and removed", async () => {
  const draft = path.join(dataDir, "server", "data.draft-killed");
  await mkdir(path.join(draft, "mysql"), { recursive: true });
  // Still written to, as by the tool of a start that was killed a moment ago.
  let files = 0;
  const writer = setInterval(() => {
    if (++files === 100) clearInterval(writer);
    writeFile(path.join(draft, "mysql", `${files}`), "").catch(() => {}); // removed by now
  }, 5);
  const mysql = await start();
  expect(mysql.urls.size).toBe(2);
  expect((await readdir(path.join(dataDir, "server"))).filter((name) => name.startsWith("data."))).toEqual([]);
});

test("data, port and users survive a restart, which is fast", async () => {
  const first = await start();
  await query(first, "DatabaseNorth", "CREATE TABLE t (name VARCHAR(20)) AS SELECT 'Ñandú 🩺' AS name");
  await first.stop();
  expect(first.pids.some(isAlive)).toBe(false);

  const before = performance.now();
  const second = await start();
  expect(performance.now() - before).toBeLessThan(5_000);
  expect(second.urls).toEqual(first.urls);
  expect(await query(second, "DatabaseNorth", "SELECT name FROM t")).toEqual([{ name: "Ñandú 🩺" }]);
});

test("the addresses on AWS lead to the local server", async () => {
  const mysql = await start();
  const local = new URL(mysql.urls.get("DatabaseNorth") ?? "").host;
  expect(Object.fromEntries(mysql.addresses)).toEqual({
    "north.rds.amazonaws.com:3306": local,
    "north.proxy.rds.amazonaws.com:3306": local,
    "south.rds.amazonaws.com:3306": local,
    "south.proxy.rds.amazonaws.com:3306": local,
  });
});

test("a user sees its own database and no other", async () => {
  // Were `_` a wildcard in the grant, north's user could also use this one.
  const wide = database("x", { database: "shopXnorth" });
  const mysql = await start({ databases: [database("north"), database("south"), wide] });
  expect(await query(mysql, "DatabaseNorth", "SHOW DATABASES LIKE 'shop%'")).toHaveLength(1);
  for (const other of ["shop_south", "shopXnorth", "mysql"]) {
    await expect(query(mysql, "DatabaseNorth", `CREATE TABLE ${other}.t (a INT)`)).rejects.toThrow(/denied/);
  }
});

test("nobody gets in without a password", async () => {
  const mysql = await start();
  const port = Number(new URL(mysql.urls.get("DatabaseNorth") ?? "").port);
  for (const user of ["root", "", "user_north"]) {
    await expect(createConnection({ host: "127.0.0.1", port, user })).rejects.toThrow(/denied/);
  }
});

test("a server that a killed run left behind is stopped, and its data is whole", async () => {
  const first = await start();
  await query(first, "DatabaseNorth", "CREATE TABLE t AS SELECT 1 AS a");
  running.splice(0);
  const second = await start();
  expect(first.pids.some(isAlive)).toBe(false);
  expect(await query(second, "DatabaseNorth", "SELECT a FROM t")).toEqual([{ a: 1 }]);
});

test("a process that only has the number of an old server is left alone", async () => {
  const bystander = spawn("sleep", ["60"]);
  try {
    await mkdir(path.join(dataDir, "server"), { recursive: true });
    await writeFile(path.join(dataDir, "server/mysqld.pid"), String(bystander.pid));
    await start();
    expect(isAlive(bystander.pid ?? 0)).toBe(true);
  } finally {
    bystander.kill();
  }
});

test("a data folder that another running program uses is refused, with its number", async () => {
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  try {
    await mkdir(path.join(dataDir, "server"), { recursive: true });
    await writeFile(path.join(dataDir, "server/owner.pid"), String(other.pid));
    await expect(start()).rejects.toThrow(`in use by process ${other.pid}`);
  } finally {
    other.kill();
  }
});

test("data of the other kind of server is not touched, and the way out is named", async () => {
  await (await start()).stop();
  const server = { file: "/usr/sbin/mysqld", kind: "mysql", version: "8.4.7", origin: "installed" } as const;
  await expect(start({ server })).rejects.toThrow(/made by mariadb.*--fresh/s);
});

test("a committed row survives kill -9", async () => {
  const first = await start();
  await query(first, "DatabaseNorth", "CREATE TABLE t (a INT)");
  await query(first, "DatabaseNorth", "INSERT INTO t VALUES (7)");
  process.kill(first.pids[0] ?? 0, "SIGKILL");
  await expect.poll(() => first.pids.some(isAlive)).toBe(false);
  expect(await query(await start(), "DatabaseNorth", "SELECT a FROM t")).toEqual([{ a: 7 }]);
});

test("no server outlives the program that started it when that is killed; the next start finds all data", async () => {
  const source = JSON.stringify(path.join(import.meta.dirname, "mysql.ts"));
  const options = JSON.stringify({ dataDir, databases: [database("north")] });
  const script = `
    import { startMysql } from ${source};
    const { pids } = await startMysql(${options});
    console.log(JSON.stringify(pids));
    setInterval(() => {}, 1_000);
  `;
  const file = path.join(dataDir, "parent.ts");
  await writeFile(file, script);
  const parent = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: parent.stdout }), "line");
  const pids: number[] = JSON.parse(line);
  expect(pids.map(isAlive)).toEqual([true]);
  parent.kill("SIGKILL");
  await expect.poll(() => Promise.all(pids.map(commandLine)), { timeout: 20_000 }).toEqual([""]);
  expect(await query(await start(), "DatabaseNorth", "SELECT 1 AS a")).toEqual([{ a: 1 }]);
});

test("a server that ends by itself is reported, one that is stopped is not", async () => {
  const reports: string[] = [];
  const mysql = await start({ onExit: (message) => reports.push(message) });
  process.kill(mysql.pids[0] ?? 0, "SIGKILL");
  await expect.poll(() => reports).toEqual([expect.stringMatching(/SIGKILL.*mysqld\.log/)]);
  const again = await start({ onExit: (message) => reports.push(message) });
  await again.stop();
  expect(reports).toHaveLength(1);
});

test("a changed password is taken over", async () => {
  await (await start()).stop();
  const databases = [database("north", { password: "other" }), database("south")];
  expect(await query(await start({ databases }), "DatabaseNorth", "SELECT 1 AS a")).toEqual([{ a: 1 }]);
});

test("a taken port gives way to another", async () => {
  const first = await start();
  const { port } = new URL(first.urls.get("DatabaseNorth") ?? "");
  await first.stop();
  const squatter = createServer().listen(Number(port), "127.0.0.1");
  try {
    const second = await start();
    expect(new URL(second.urls.get("DatabaseNorth") ?? "").port).not.toBe(port);
  } finally {
    squatter.close();
  }
});

test("an error of the server is shown, not only that it failed", async () => {
  await (await start()).stop();
  await rm(path.join(dataDir, "server/data/ibdata1"));
  await expect(start()).rejects.toThrow(/InnoDB|ibdata1/);
});

test("passwords do not stay in files for others", async () => {
  await start();
  await expect(readFile(path.join(dataDir, "server/init.sql"))).rejects.toThrow(/ENOENT/);
});

test("databases that share a name or a user get a server each", () => {
  const names = (groups: GraphDatabase[][]) => groups.map((group) => group.map(({ name }) => name));
  const [north, south] = [database("north"), database("south")];
  expect(names(byServer([north, south]))).toEqual([["DatabaseNorth", "DatabaseSouth"]]);
  expect(names(byServer([north, { ...south, username: north.username }]))).toEqual([
    ["DatabaseNorth"],
    ["DatabaseSouth"],
  ]);
  expect(names(byServer([north, { ...south, database: north.database }]))).toEqual([
    ["DatabaseNorth"],
    ["DatabaseSouth"],
  ]);
});
