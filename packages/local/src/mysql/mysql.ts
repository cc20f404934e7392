import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import type { GraphDatabase } from "@appointments/graph/graph";
import { escapeId, escape as quote } from "mysql2";
import { createConnection } from "mysql2/promise";
import { type Instance, startInstance, stopStale } from "./instance.ts";
import { type Binary, findServer, type Server } from "./server.ts";

export interface MysqlOptions {
  /** Keeps the data between starts. */
  dataDir: string;
  /** The databases of the graph; those that the user gave by URL are not among them. */
  databases: GraphDatabase[];
  /** What takes long, in words for the user. */
  onProgress?: (message: string) => void;
  /** The server ended, and nobody had asked it to. */
  onExit?: (message: string) => void;
  /** A server program to use instead of looking for one. */
  server?: Server;
  /** How a user gives databases that exist, for the message when no server can be had. */
  givenDatabases?: string;
  /** Port of the first server; any free one, the same at each start, when not given. */
  port?: number;
}

export interface Mysql {
  /** `none` when the graph has no database. */
  kind: "none" | Binary["kind"];
  version?: string;
  origin?: Server["origin"];
  /** `host:port` on AWS → `host:port` here. */
  addresses: Map<string, string>;
  /** `mysql://user:password@127.0.0.1:port/database` by component name. */
  urls: Map<string, string>;
  pids: number[];
  stop(): Promise<void>;
}

/**
 * Runs the graph's databases on a private MySQL or MariaDB of this machine, each with its own user. Data survives a
 * restart; the first start makes the data folder, later ones take about a second.
 *
 * Two databases whose names or users are the same, as on AWS they may be, get a server each.
 *
 * @throws Error when there is no server and none can be had; it names the ways out
 */
export async function startMysql(options: MysqlOptions): Promise<Mysql> {
  const { dataDir, databases, onProgress = () => {}, onExit = () => {} } = options;
  const addresses = new Map<string, string>();
  const urls = new Map<string, string>();
  if (databases.length === 0) return { kind: "none", addresses, urls, pids: [], stop: async () => {} };
  const { givenDatabases } = options;
  const hint = givenDatabases === undefined ? {} : { givenDatabases };
  const installLog = path.join(dataDir, "install.log");
  const server = options.server ?? (await findServer({ onProgress, installLog, ...hint }));

  const instances: Instance[] = [];
  const stop = async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
  };
  try {
    for (const [index, group] of byServer(databases).entries()) {
      const dir = path.join(dataDir, index === 0 ? "server" : `server-${index + 1}`);
      const initSql = accountSql(group, await rootPassword(dir));
      const probe = (port: number) => probeAll(group, port);
      const port = options.port === undefined ? {} : { port: options.port + index };
      const instance = await startInstance({ binary: server, dir, initSql, probe, onProgress, onExit, ...port });
      instances.push(instance);
      for (const database of group) {
        const local = `127.0.0.1:${instance.port}`;
        for (const host of database.hosts) addresses.set(`${host}:${database.port}`, local);
        urls.set(database.name, url(database, local));
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const pids = instances.map((instance) => instance.pid);
  const { kind, version, origin } = server;
  return { kind, version, origin, addresses, urls, pids, stop };
}

/** Stops what a run that was killed has left running on this folder, so that the folder may go. */
export async function stopLeftOver(dataDir: string): Promise<void> {
  const entries = await readdir(dataDir).catch(() => []);
  for (const name of entries.filter((entry) => /^server(-\d+)?$/.test(entry)))
    await stopStale(path.join(dataDir, name));
}

/** Puts databases together as long as no two of one server share a name or a user. */
export function byServer(databases: GraphDatabase[]): GraphDatabase[][] {
  const groups: GraphDatabase[][] = [];
  for (const database of databases) {
    const clashes = (other: GraphDatabase) =>
      other.database === database.database || other.username === database.username;
    const group = groups.find((candidate) => !candidate.some(clashes));
    if (group === undefined) groups.push([database]);
    else group.push(database);
  }
  return groups;
}

function url({ username, password, database }: GraphDatabase, address: string): string {
  return `mysql://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${address}/${database}`;
}

async function probeAll(databases: GraphDatabase[], port: number): Promise<void> {
  for (const { username: user, password, database } of databases) {
    const connection = await createConnection({
      host: "127.0.0.1",
      port,
      user,
      password,
      database,
      connectTimeout: 2_000,
    });
    await connection.end();
  }
}

/** The administrator's password: made once, kept where only this user can read it. */
async function rootPassword(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const file = path.join(dir, "root.password");
  const known = await readFile(file, "utf8").catch(() => "");
  if (known !== "") return known;
  const made = randomBytes(18).toString("base64url");
  await writeFile(file, made, { mode: 0o600 });
  return made;
}

/**
 * SQL that gives each database its owner; one statement an item. As RDS's master user does, an owner makes users and
 * gives rights away, and has the whole server where no other instance shares it.
 *
 * It also closes what a fresh data folder leaves open: an administrator without a password, whom anyone on this
 * machine could be.
 *
 * @param rootPassword - for `root`, who may then connect through the socket only
 */
export function accountSql(databases: GraphDatabase[], rootPassword: string): string[] {
  const open = ["127.0.0.1", "::1", hostname()].map((host) => `'root'@${quote(host)}`);
  return [
    `ALTER USER 'root'@'localhost' IDENTIFIED BY ${quote(rootPassword)}`,
    `DROP USER IF EXISTS ${open.join(", ")}`,
    ...databases.flatMap(({ database, username, password }) => {
      const account = `${quote(username)}@'%'`;
      // In a grant `_` and `%` are wildcards.
      const own = databases.length === 1 ? "*" : escapeId(database.replaceAll(/[_%]/g, "\\$&"), true);
      return [
        `CREATE DATABASE IF NOT EXISTS ${escapeId(database, true)} CHARACTER SET utf8mb4`,
        `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY ${quote(password)}`,
        `ALTER USER ${account} IDENTIFIED BY ${quote(password)}`,
        `GRANT CREATE USER ON *.* TO ${account}`,
        `GRANT ALL PRIVILEGES ON ${own}.* TO ${account} WITH GRANT OPTION`,
      ];
    }),
  ];
}
