import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLine, guardChild, isAlive, terminate } from "../process/process.ts";
import { asRoot, choosePort, initialise } from "./initialise.ts";
import type { Binary } from "./server.ts";

/** Longer than a start needs: InnoDB may have a crash to recover from. */
const readyTimeoutMs = 60_000;
const stopGraceMs = 20_000;

export interface InstanceOptions {
  binary: Binary;
  /** Holds the data, the log, and what is remembered between starts. */
  dir: string;
  /** SQL statements, one a line, that the server runs itself before it takes connections. */
  initSql: string[];
  /** Tries whether the server answers on this port; throws while it does not. */
  probe: (port: number) => Promise<void>;
  onProgress: (message: string) => void;
  /** The server ended, and nobody had asked it to. */
  onExit: (message: string) => void;
  /** A port that is wanted; any free one, the same at each start, when not given. */
  port?: number;
}

export interface Instance {
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a private server on its own data folder and a loopback port that stays the same between starts. It does not
 * outlive this process, however that ends.
 */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { dir } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await claim(dir);
  await stopStale(dir);
  await initialise(options.binary, dir, options.onProgress);
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(options, options.port ?? (await choosePort(dir)));
    } catch (error) {
      // Somebody took the port between our look and the server's.
      const taken = error instanceof Error && /address already in use|another mysqld server/i.test(error.message);
      if (!taken || attempt === 3 || options.port !== undefined) throw error;
      await rm(path.join(dir, "port"), { force: true });
    }
  }
}

/** One program a data folder: a second one would stop the first one's server as a stale one. */
async function claim(dir: string): Promise<void> {
  const file = path.join(dir, "owner.pid");
  const owner = Number(await readFile(file, "utf8").catch(() => ""));
  if (owner > 0 && owner !== process.pid && isAlive(owner) && (await commandLine(owner)).includes("node")) {
    throw new Error(`The database in ${dir} is in use by process ${owner}. Stop that one first.`);
  }
  await writeFile(file, String(process.pid));
}

/**
 * Stops the server of a run that was killed, which may just be ending, and removes its socket. It is ours only if its
 * command line names our data folder.
 */
export async function stopStale(dir: string): Promise<void> {
  const pid = Number(await readFile(path.join(dir, "mysqld.pid"), "utf8").catch(() => ""));
  if (pid > 0 && isAlive(pid) && (await commandLine(pid)).includes(`--datadir=${path.join(dir, "data")} `)) {
    await terminate(pid, stopGraceMs);
  }
  const socketDir = await readFile(path.join(dir, "socket.dir"), "utf8").catch(() => "");
  if (socketDir !== "") await rm(socketDir, { recursive: true, force: true });
}

async function start(options: InstanceOptions, port: number): Promise<Instance> {
  const { binary, dir, initSql } = options;
  const logFile = path.join(dir, "mysqld.log");
  const initFile = path.join(dir, "init.sql");
  // A socket's path may have about a hundred characters, and the data folder may be deep.
  const socketDir = await mkdtemp(path.join(tmpdir(), "mysql-"));
  await writeFile(path.join(dir, "socket.dir"), socketDir);
  await writeFile(initFile, `${initSql.map((statement) => `${statement};`).join("\n")}\n`, { mode: 0o600 });
  await writeFile(logFile, "");
  const child = spawn(
    binary.file,
    [
      "--no-defaults",
      `--datadir=${path.join(dir, "data")}`,
      `--tmpdir=${socketDir}`,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--socket=${path.join(socketDir, "s")}`,
      `--pid-file=${path.join(dir, "mysqld.pid")}`,
      `--log-error=${logFile}`,
      `--init-file=${initFile}`,
      ...asRoot(),
      ...settings(binary),
    ],
    // Not with our process group: on Ctrl-C the functions still finish what they write.
    { stdio: "ignore", detached: true },
  );
  guardChild(child);
  // The server writes it late, after recovery; whoever kills this process before that leaves no unknown server either.
  if (child.pid !== undefined) writeFileSync(path.join(dir, "mysqld.pid"), String(child.pid));
  let stopping = false;
  let ended = false;
  const end = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) => resolve(`exit ${signal ?? code}`));
  }).then(async (why) => {
    ended = true;
    await rm(socketDir, { recursive: true, force: true });
    return why;
  });

  try {
    await ready(options, port, () => ended);
  } catch (error) {
    child.kill("SIGKILL");
    await end;
    throw new Error(`${binary.file} did not start: ${await lastErrors(logFile)}`, { cause: error });
  } finally {
    // It holds passwords.
    await rm(initFile, { force: true });
  }
  void end.then((why) => {
    if (!stopping) options.onExit(`the database ended by itself (${why}); see ${logFile}`);
  });
  return {
    port,
    pid: child.pid ?? -1,
    stop: async () => {
      stopping = true;
      if (!ended && child.pid !== undefined) {
        const exited = once(child, "exit");
        child.kill("SIGTERM");
        const killer = setTimeout(() => child.kill("SIGKILL"), stopGraceMs);
        await exited;
        clearTimeout(killer);
      }
      await end;
      await rm(path.join(dir, "owner.pid"), { force: true });
    },
  };
}

/** Small in memory, whole in durability: a laptop holds it besides everything else, and `kill -9` loses no commit. */
function settings({ kind }: Binary): string[] {
  const common = [
    "--character-set-server=utf8mb4",
    "--default-time-zone=+00:00",
    "--innodb-buffer-pool-size=32M",
    "--innodb-flush-log-at-trx-commit=1",
    "--innodb-log-buffer-size=4M",
    "--key-buffer-size=1M",
    "--max-connections=200",
    "--performance-schema=OFF",
    "--skip-name-resolve",
    "--table-open-cache=200",
  ];
  if (kind === "mysql") return [...common, "--mysqlx=OFF", "--skip-log-bin", "--innodb-redo-log-capacity=32M"];
  return [...common, "--aria-pagecache-buffer-size=8M", "--innodb-log-file-size=32M"];
}

async function ready({ probe }: InstanceOptions, port: number, ended: () => boolean): Promise<void> {
  const deadline = Date.now() + readyTimeoutMs;
  for (;;) {
    try {
      return await probe(port);
    } catch (error) {
      if (ended() || Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

async function lastErrors(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, "utf8").catch(() => "")).trim().split("\n");
  const errors = lines.filter((line) => line.includes("[ERROR]"));
  return (errors.length > 0 ? errors : lines).slice(-5).join("\n") || "it wrote no log";
}
