import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startInstance } from "@appointments/local/mysql/instance";
import { findServer } from "@appointments/local/mysql/server";
import { isAlive } from "@appointments/local/process/process";
import { createConnection } from "mysql2/promise";
import { eventually } from "../../integration/system.ts";
import { query, userWith } from "../../kit/mysql.ts";

/**
 * A MySQL or MariaDB server for one suite, which may do to it what it likes. `functions` may do everything in databases
 * whose name begins with `test_`, and nothing to the server: as a user of RDS it cannot write while it is read-only.
 */
export async function startMysqlServer() {
  const dir = await mkdtemp(join(tmpdir(), "appointments-server-"));
  const password = randomBytes(12).toString("hex");
  const binary = await findServer({ onProgress: () => {}, installLog: join(dir, "install.log") });
  const address = (port: number, user: string) => `mysql://${user}:${password}@127.0.0.1:${port}/`;
  const start = (port?: number) =>
    startInstance({
      binary,
      dir,
      initSql: [...userWith(password, "admin", "*"), ...userWith(password, "functions", "`test\\_%`")],
      probe: async (at) => void (await query(address(at, "admin"), "select 1")),
      onProgress: () => {},
      onExit: () => {},
      ...(port !== undefined && { port }),
    });
  let instance = await start();
  const { port } = instance;
  return {
    functionsUrl: address(port, "functions"),
    /** A connection of the administrator, to a database of that name if given. */
    connect: (database = "") => createConnection(address(port, "admin") + database),
    /** Ends the server as a crash does, and waits until it is gone. */
    crash: async () => {
      const { pid } = instance;
      process.kill(pid, "SIGKILL");
      await eventually("the server is gone", () => (isAlive(pid) ? undefined : true));
    },
    /** Starts it again after a crash, on the same data and port. */
    restart: async () => {
      instance = await start(port);
    },
    remove: async () => {
      await instance.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export type MysqlServer = Awaited<ReturnType<typeof startMysqlServer>>;
