import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { downloadFailure, findDownloaded, findInstalled } from "./server.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "binary-test-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that answers `--version` as a server does. */
async function program(file: string, says: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), `#!/bin/sh\n${says}\n`);
  await chmod(path.join(folder, file), 0o755);
}

const mysql = "echo '/usr/sbin/mysqld  Ver 8.4.7 for Linux on x86_64 (MySQL Community Server - GPL)'";
const mariadb = "echo 'mariadbd  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian 12)'";

test("a real MySQL comes before a MariaDB, even one that calls itself mysqld", async () => {
  await program("a/mysqld", mariadb);
  await program("a/mariadbd", mariadb);
  await program("b/mysqld", mysql);
  const search = [path.join(folder, "a"), path.join(folder, "b")];
  expect(await findInstalled(search)).toEqual({ file: path.join(folder, "b/mysqld"), kind: "mysql", version: "8.4.7" });
  expect(await findInstalled(search.slice(0, 1))).toMatchObject({ kind: "mariadb", version: "10.11.14" });
});

test("what does not run, or is no program, is passed over", async () => {
  await program("a/mysqld", "exit 127");
  await program("b/mysqld", mysql);
  await chmod(path.join(folder, "b/mysqld"), 0o644);
  expect(await findInstalled([path.join(folder, "a"), path.join(folder, "b"), "/nowhere"])).toBeUndefined();
});

test("a downloaded server is found again", async () => {
  expect(await findDownloaded(path.join(folder, "nothing"))).toBeUndefined();
  await program("8.4.7/mysql/bin/mysqld", mysql);
  expect(await findDownloaded(folder)).toMatchObject({ kind: "mysql", version: "8.4.7" });
});

test.each([
  [
    "without a network",
    `[mysql-memory-server - ERROR]: Error: getaddrinfo ENOTFOUND cdn.mysql.com
    at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:123:26) {
  code: 'ENOTFOUND',
}
[mysql-memory-server - ERROR]: downloadRetries have been exceeded for download from URL https://cdn.mysql.com/archives/mysql-8.4/mysql.tar.xz. Aborting download.
[mysql-memory-server - ERROR]: Failed to download binary: getaddrinfo ENOTFOUND cdn.mysql.com

node:internal/modules/run_main:107
    triggerUncaughtException(
    ^
Failed to download binary. The error was: "getaddrinfo ENOTFOUND cdn.mysql.com"`,
    "getaddrinfo ENOTFOUND cdn.mysql.com",
  ],
  [
    "in another user's folder",
    `[mysql-memory-server - ERROR]: Failed to download binary: Error: EACCES: permission denied, mkdir '/tmp/mysqlmsn/binaries/8.4.9.lock'
    at async Object.mkdir (node:internal/fs/promises:1564:10)
`,
    "EACCES: permission denied, mkdir '/tmp/mysqlmsn/binaries/8.4.9.lock'",
  ],
  ["that says nothing", "", undefined],
])("a download that fails, %s, is one line with the cause", (_, said, reason) => {
  expect(downloadFailure(said)).toBe(reason);
});
