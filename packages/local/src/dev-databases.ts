import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { evaluate } from "@appointments/graph/evaluate";
import type { GraphDatabase } from "@appointments/graph/graph";
import { startMysql } from "./mysql/mysql.ts";
import { databaseUrls } from "./system/databases.ts";
import { showProgress } from "./system/progress.ts";

/*
 * `npm run db:dev`: the databases that functions under `sst dev` use, on this machine, with their migrations applied.
 * Which ones, and under which names and port, is what sst.config.ts says for `sst dev`.
 */
const root = resolve(fileURLToPath(import.meta.url), "../../../..");
const print = (line: string) => process.stdout.write(`${line}\n`);

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`npm run db:dev: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

async function main(): Promise<number> {
  const progress = showProgress(print);
  const asked = Promise.withResolvers<number>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => asked.resolve(0));

  const graph = await evaluate({ root, stage: process.env.SST_STAGE ?? "dev", dev: true });
  const urls = Object.entries(databaseUrls(graph)).map(([country, url]) => ({ country, url: new URL(url) }));
  const here = urls.filter(({ url }) => url.hostname === "127.0.0.1");
  const [first] = here;
  if (first === undefined) {
    print("Every country's database is given by DATABASE_URL_…: there is nothing to run here.");
    return 0;
  }
  const mysql = await progress.step("mysql", async (say) => {
    const value = await startMysql({
      dataDir: join(root, ".local", "mysql-dev"),
      databases: here.map(({ country, url }) => databaseOf(country, url)),
      port: Number(first.url.port),
      onProgress: say,
      onExit: (message) => {
        print(message);
        asked.resolve(1);
      },
    });
    return { value, detail: `${value.kind} ${value.version ?? ""} on 127.0.0.1:${first.url.port}` };
  });
  try {
    for (const { country, url } of here) {
      await progress.step(country, async () => {
        const env = { ...process.env, COUNTRY: country, [`DATABASE_URL_${country}`]: url.href };
        const child = spawn(join(root, "node_modules/.bin/drizzle-kit"), ["migrate"], {
          cwd: root,
          env,
          stdio: "ignore",
        });
        const [code] = await once(child, "exit");
        if (code !== 0) throw new Error(`The migrations failed: COUNTRY=${country} npm run db:migrate says why.`);
        return { value: undefined, detail: `${url.href}, migrations applied` };
      });
    }
    print("\nReady for sst dev. Ctrl-C stops it; the data stays in .local/mysql-dev.");
    return await asked.promise;
  } finally {
    await mysql.stop();
  }
}

function databaseOf(country: string, url: URL): GraphDatabase {
  return {
    name: `Database ${country}`,
    identifier: country,
    engine: "mysql",
    engineVersion: "",
    hosts: [url.hostname],
    port: Number(url.port),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
  };
}
