import { randomBytes } from "node:crypto";
import { type AddressInfo, connect, createServer } from "node:net";
import { aBooking } from "@appointments/tests/kit/booking";
import { captureLog } from "@appointments/tests/kit/capture";
import { type Connection, startMysql, type TestServer } from "@appointments/tests/kit/mysql";
import { sql } from "drizzle-orm";
import { createConnection } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { countries } from "../country/country.ts";
import { decide } from "../country/decide.ts";
import { isSameAccount, makeAccount, makeDatabase, untilServerAnswers } from "./account.ts";
import { type Database, openDatabase } from "./database.ts";

let server: TestServer;
let url: string;
let admin: Connection;
const user = `functions_${randomBytes(4).toString("hex")}`;
const opened: Database[] = [];

beforeAll(async () => {
  server = await startMysql();
  ({ url, admin } = await server.countryDatabase("PE"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const database of opened.splice(0)) await database.close();
});
afterAll(async () => {
  await admin?.query("drop user if exists ?@'%'", [user]);
  await server?.stop();
});

const accountOf = (owner: string, password: string) => {
  const account = new URL(owner);
  account.username = user;
  account.password = password;
  return account.href;
};
const open = (at: string) => {
  const database = openDatabase(at);
  opened.push(database);
  return database;
};

test("the functions' account books, and changes no schema and no other database", async () => {
  const account = accountOf(url, "first/pass:word");
  await makeAccount(url, account);
  const database = open(account);
  expect(await decide(database, countries.PE, [aBooking()])).toMatchObject([{ status: "completed" }]);

  const { admin: other } = await server.emptyDatabase();
  await other.query("create table secret (id int)");
  const elsewhere = other.config.database ?? "";
  for (const [statement, refusal] of [
    ["create table mine (id int)", /denied/],
    ["alter table appointment add note int", /denied/],
    ["drop table appointment", /denied/],
    ["create user intruder identified by 'x'", /denied/],
    [`select * from \`${elsewhere}\`.secret`, /denied/],
  ] as const) {
    const refused = await database.run((db) => db.execute(sql.raw(statement))).catch((error: Error) => error);
    expect(refused, statement).toBeInstanceOf(Error);
    expect(String((refused as { cause?: { cause?: unknown } }).cause?.cause), statement).toMatch(refusal);
  }
});

test("made again with another password: that one counts, and the rights stay", async () => {
  await makeAccount(url, accountOf(url, "before"));
  await makeAccount(url, accountOf(url, "after"));
  await expect(createConnection(accountOf(url, "before"))).rejects.toMatchObject({ code: "ER_ACCESS_DENIED_ERROR" });
  expect(await decide(open(accountOf(url, "after")), countries.PE, [aBooking()])).toMatchObject([
    { status: "completed" },
  ]);
});

test("a database that is not there yet is made, once", async () => {
  const absent = new URL(url);
  absent.pathname = `/absent_${randomBytes(4).toString("hex")}`;
  await makeDatabase(absent.href);
  await makeDatabase(absent.href);
  await expect(open(absent.href).run((db) => db.execute(sql`show tables`))).resolves.toMatchObject([[], {}]);
  await admin.query(`drop database ${absent.pathname.slice(1)}`);
});

test("a server that does not answer yet is awaited, and each try is logged", async () => {
  const { port: serverPort, hostname } = new URL(url);
  const proxy = createServer((socket) => {
    const onward = connect(Number(serverPort), hostname);
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      from.pipe(to);
      from.on("error", () => to.destroy());
    }
  });
  const listen = (port: number) =>
    new Promise<number>((resolve) => {
      proxy.listen(port, "127.0.0.1", () => resolve((proxy.address() as AddressInfo).port)); // it listens on TCP
    });
  const port = await listen(0);
  await new Promise((resolve) => proxy.close(resolve));
  const target = new URL(url);
  target.port = String(port);

  const logged = captureLog();
  let listening: Promise<number> | undefined;
  vi.mocked(console.warn).mockImplementation((line: unknown) => {
    console.info(line);
    if (String(line).includes("database.awaited")) listening ??= listen(port);
  });
  await untilServerAnswers(target.href, { totalMs: 30_000, baseMs: 20, capMs: 100 });
  expect(listening).toBeDefined();
  // Full jitter: the pause may be none.
  expect(logged()).toMatch(/"event":"database.awaited","attempt":1,"delaySeconds":[01],"reason":"[^"]*ECONNREFUSED/);
  await new Promise((resolve) => proxy.close(resolve));
});

test("patience ends, and a wrong password is not waited for", async () => {
  const logged = captureLog();
  const soon = { totalMs: 0, baseMs: 20, capMs: 20 };
  await expect(untilServerAnswers("mysql://u:secret@127.0.0.1:1/d", soon)).rejects.toMatchObject({
    code: "database_unavailable",
    message: expect.stringContaining("ECONNREFUSED"),
  });
  await expect(untilServerAnswers(accountOf(url, "wrong"))).rejects.toMatchObject({
    message: expect.stringContaining("ER_ACCESS_DENIED_ERROR"),
  });
  expect(logged()).not.toContain("database.awaited");
});

test("two URLs with one user are one account, whatever else they say", () => {
  expect(isSameAccount("mysql://a:1@h/d", "mysql://a:2@g/e")).toBe(true);
  expect(isSameAccount("mysql://a:1@h/d", "mysql://b:1@h/d")).toBe(false);
});
