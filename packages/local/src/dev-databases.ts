import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { evaluate } from "@appointments/graph/evaluate";
import type { GraphDatabase } from "@appointments/graph/graph";
import { type LocalConfig, readConfig } from "./config.ts";
import { startMysql } from "./mysql/mysql.ts";
import { takeStopSignals } from "./process/signal.ts";
import { databaseUrls, withoutPassword } from "./system/address.ts";
import { showProgress } from "./system/run.ts";

/*
 * `npm run db:dev`: the databases that functions under `sst dev` use, on this machine, with their migrations applied.
 * Which ones, and under which names and port, is what sst.config.ts says for `sst dev`.
 */
const print = (line: string) => process.stdout.write(`${line}\n`);

interface DevDatabase {
  name: string;
  url: URL;
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`npm run db:dev: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { config: { type: "string" }, root: { type: "string", default: "." } } });
  const root = resolve(values.root);
  const config = await readConfig(values.config === undefined ? undefined : resolve(values.config));
  const progress = showProgress(print);
  const asked = Promise.withResolvers<number>();
  void takeStopSignals().asked.then(() => asked.resolve(0));

  const graph = await evaluate({ root, stage: process.env.SST_STAGE ?? "dev", dev: true });
  const urls = databaseUrls(graph, graph.links, config.databaseVariable);
  const here = Object.entries(urls)
    .map(([name, url]): DevDatabase => ({ name, url: new URL(url) }))
    .filter(({ url }) => url.hostname === "127.0.0.1");
  const [first] = here;
  if (first === undefined) {
    print("Every database is given: there is nothing to run here.");
    return 0;
  }
  const mysql = await progress.step("mysql", async (say) => {
    const value = await startMysql({
      dataDir: join(root, ".local", "mysql-dev"),
      databases: here.map(databaseOf),
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
    for (const database of here) {
      const { name, url } = database;
      await progress.step(name, async () => {
        const shown = withoutPassword(url.href);
        const detail = (await migrate(root, config, database)) ? `${shown}, migrations applied` : shown;
        return { value: undefined, detail };
      });
    }
    print("\nReady for sst dev. Ctrl-C stops it; the data stays in .local/mysql-dev.");
    return await asked.promise;
  } finally {
    await mysql.stop();
  }
}

/** @returns whether the app has migrations */
async function migrate(root: string, config: LocalConfig, { name, url }: DevDatabase): Promise<boolean> {
  if (config.migrate === undefined) return false;
  const { command, env } = config.migrate({ name, url: url.href });
  const [program = "", ...args] = command;
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio: "ignore" });
  const [code] = await once(child, "exit");
  if (code !== 0) {
    const shown = [...Object.keys(env).map((key) => `${key}=…`), ...command].join(" ");
    throw new Error(`The migrations failed: ${shown} says why.`);
  }
  return true;
}

function databaseOf({ name, url }: DevDatabase): GraphDatabase {
  return {
    name: `Database ${name}`,
    identifier: name,
    engine: "mysql",
    engineVersion: "",
    hosts: [url.hostname],
    port: Number(url.port),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1),
  };
}
