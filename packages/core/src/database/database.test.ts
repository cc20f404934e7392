import { createServer, type Server, type Socket } from "node:net";
import { type Connection, startMysql, type TestServer } from "@appointments/tests/kit/mysql";
import { eq, sql } from "drizzle-orm";
import { int, mysqlTable } from "drizzle-orm/mysql-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Database, openDatabase } from "./database.ts";

const counter = mysqlTable("counter", { id: int("id").primaryKey(), value: int("value").notNull() });

let server: TestServer;
let url: string;
let admin: Connection;
const opened: Database[] = [];

beforeAll(async () => {
  server = await startMysql();
  ({ url, admin } = await server.emptyDatabase());
  await admin.query("create table counter (id int primary key, value int not null)");
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const database of opened.splice(0)) await database.close();
});
afterAll(() => server?.stop());

function open(...args: Parameters<typeof openDatabase>): Database {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const database = openDatabase(...args);
  opened.push(database);
  return database;
}

test("two that lock each other out both get their work done", async () => {
  await admin.query("replace into counter values (1, 0), (2, 0)");
  const database = open(url, { connectionLimit: 2 });
  let tries = 0;
  const both = Promise.withResolvers<void>();
  let waiting = 0;
  const add = (first: number, second: number) =>
    database.run((db) =>
      db.transaction(async (tx) => {
        tries++;
        await tx.update(counter).set({ value: sql`value + 1` }).where(eq(counter.id, first));
        if (++waiting === 2) both.resolve();
        await both.promise;
        await tx.update(counter).set({ value: sql`value + 1` }).where(eq(counter.id, second));
      }),
    );
  await Promise.all([add(1, 2), add(2, 1)]);
  expect(tries).toBeGreaterThan(2);
  const [rows] = await admin.query("select value from counter order by id");
  expect(rows).toEqual([{ value: 2 }, { value: 2 }]);
});

const idOf = (database: Database) =>
  database.run(async (db) => {
    const [rows] = await db.execute(sql`select connection_id() as id`);
    return (rows as unknown as { id: number }[])[0]?.id;
  });

test("a connection that was lost while idle is replaced", async () => {
  const database = open(url, { connectionLimit: 1 });
  const first = await idOf(database);
  await admin.query(`kill ${first}`);
  expect(await idOf(database)).not.toBe(first);
});

test("a connection that is lost in the middle of its work is replaced, and the work done again", async () => {
  const database = open(url, { connectionLimit: 1 });
  let tries = 0;
  const work = database.run(async (db) => {
    const [rows] = await db.execute(sql`select connection_id() as id`);
    const id = (rows as unknown as { id: number }[])[0]?.id;
    if (++tries === 1) await Promise.all([db.execute(sql`select sleep(4)`), admin.query(`kill ${id}`)]);
    return id;
  });
  await expect(work).resolves.toEqual(expect.any(Number));
  expect(tries).toBe(2);
});

test("the deadline of work that is done is called off", async () => {
  const [set, cleared] = [vi.spyOn(globalThis, "setTimeout"), vi.spyOn(globalThis, "clearTimeout")];
  await open(url, { deadlineMs: 4_321 }).run((db) => db.execute(sql`select 1`));
  const deadlines = set.mock.calls.flatMap(([, ms], call) => (ms === 4_321 ? [set.mock.results[call]?.value] : []));
  expect(deadlines).toHaveLength(1);
  expect(cleared).toHaveBeenCalledWith(deadlines[0]);
});

test("a connection whose statement was refused is used again", async () => {
  const database = open(url, { connectionLimit: 1 });
  const first = await idOf(database);
  await expect(database.run((db) => db.execute(sql`insert into counter values (7, null)`))).rejects.toMatchObject({
    code: "database_failed",
  });
  expect(await idOf(database)).toBe(first);
});

test.each([1290, 1836])(
  "a server that has become read-only (%i) is left: the next try connects anew",
  async (errno) => {
    const database = open(url, { connectionLimit: 1 });
    const ids: (number | undefined)[] = [];
    const work = database.run(async (db) => {
      const [rows] = await db.execute(sql`select connection_id() as id`);
      ids.push((rows as unknown as { id: number }[])[0]?.id);
      const refusal = `signal sqlstate 'HY000' set mysql_errno = ${errno}, message_text = 'read-only'`;
      if (ids.length === 1) await db.execute(sql.raw(refusal));
      return "done";
    });
    await expect(work).resolves.toBe("done");
    expect(new Set(ids).size).toBe(2);
  },
);

test("a query that is not answered ends at the deadline, and its connection is not used again", async () => {
  const database = open(url, { connectionLimit: 1, deadlineMs: 100 });
  await expect(database.run((db) => db.execute(sql`select sleep(20)`))).rejects.toMatchObject({
    code: "database_unavailable",
    retry: true,
  });
  await expect(database.run((db) => db.execute(sql`select 1 as one`))).resolves.toMatchObject([[{ one: 1 }], {}]);
});

test("a server that takes the connection and says nothing is given up at the deadline", async () => {
  const sockets: Socket[] = [];
  const silent: Server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  const port = typeof address === "object" ? address?.port : 0;
  const database = openDatabase(`mysql://u:secret@127.0.0.1:${port}/d`, { deadlineMs: 100 });
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const started = performance.now();
  const asking = database.run((db) => db.execute(sql`select 1`));
  await expect(asking).rejects.toMatchObject({
    code: "database_unavailable",
    message: expect.not.stringContaining("secret"),
  });
  // Sooner than one connection timeout, which is three seconds: it was our deadline that ended each try.
  expect(performance.now() - started).toBeLessThan(3_000);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});

test("nobody at the address: a passing error, that names no password", async () => {
  const database = open("mysql://u:secret@127.0.0.1:1/d");
  const asking = database.run((db) => db.execute(sql`select 1`));
  await expect(asking).rejects.toMatchObject({
    code: "database_unavailable",
    message: expect.stringContaining("ECONNREFUSED"),
  });
});

test.each([
  ["data that the column cannot hold", "insert into counter values (7, 99999999999)", "database_failed"],
  ["a table that is not there yet", "select * from absent", "database_unavailable"],
])("%s has a code of its own", async (_what, statement, code) => {
  await expect(open(url).run((db) => db.execute(sql.raw(statement)))).rejects.toMatchObject({ code });
});
