import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "@appointments/graph/evaluate";
import { preparePlatform } from "@appointments/graph/platform";
import { startInstance } from "@appointments/local/mysql/instance";
import { findServer } from "@appointments/local/mysql/server";
import { query, userWith } from "./kit/mysql.ts";
import { root } from "./repository.ts";

/**
 * Before any test: SST's platform, the graph of the local stage (`TEST_GRAPH`), a MySQL or MariaDB (installed when there is none), and one private server for all
 * unit tests, `TEST_MYSQL_URL`. With `DATABASE_URL_PE` the tests use the server that it names instead. Suites make
 * their own databases there. The integration tests run the servers of the local system besides.
 */
export default async function setup() {
  const say = (message: string) => console.log(message);
  await preparePlatform(root, say);
  const dir = await mkdtemp(join(tmpdir(), "appointments-tests-"));
  process.env.TEST_GRAPH = join(dir, "graph.json");
  const graph = await evaluate({ root, stage: "local", dev: false, ambient: false });
  await writeFile(process.env.TEST_GRAPH, JSON.stringify(graph), { mode: 0o600 });
  const remove = () => rm(dir, { recursive: true, force: true });
  const given = process.env.DATABASE_URL_PE ?? process.env.DATABASE_URL_CL;
  if (given) {
    const url = new URL(given);
    url.pathname = "/";
    process.env.TEST_MYSQL_URL = url.href;
    return remove;
  }
  const password = randomBytes(12).toString("hex");
  const urlOf = (port: number) => `mysql://tests:${password}@127.0.0.1:${port}/`;
  const instance = await startInstance({
    binary: await findServer({ onProgress: say, installLog: join(dir, "install.log") }),
    dir: join(dir, "mysql"),
    initSql: userWith(password, "tests", "*"),
    probe: async (port) => void (await query(urlOf(port), "select 1")),
    onProgress: say,
    onExit: (message) => console.error(message),
  });
  process.env.TEST_MYSQL_URL = urlOf(instance.port);
  return async () => {
    await instance.stop();
    await remove();
  };
}
