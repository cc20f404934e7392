import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import config from "@appointments/app/local";
import type { LogEntry } from "@appointments/local/system/line";
import { openLog } from "@appointments/local/system/log";
import { type System, startSystem } from "@appointments/local/system/system";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { startTargetProgram } from "../fidelity/targets/programs.ts";
import { root } from "../repository.ts";

interface Row {
  id: string;
  insured_id: string;
  schedule_id: number;
  status: string;
  reason: string | null;
}

export interface TestSystem extends System {
  /** Base URL of the API. */
  url: string;
  dataDir: string;
  /** What the system logged so far. */
  logged: LogEntry[];
  /** The rows in a country's own database. */
  rows(country: string, where?: string, values?: unknown[]): Promise<Row[]>;
  remove(): Promise<void>;
}

/**
 * The whole local system on free ports with state of its own, in front of the target of this run. It makes databases of its own, and drops
 * them, on the MySQL that `DATABASE_URL_PE` and `DATABASE_URL_CL` name, else on the one of this test run. A `dataDir` of an earlier run
 * goes with the `databases` of that run.
 *
 * @param options.replacements modules of the product that others stand in for, by absolute path
 * @param options.clockOffsetsMs milliseconds by which functions' clocks go wrong
 */
export async function startTestSystem(
  options: {
    root?: string;
    dataDir?: string;
    databases?: Awaited<ReturnType<typeof ownDatabases>>;
    replacements?: ReadonlyMap<string, string>;
    clockOffsetsMs?: Readonly<Record<string, number>>;
  } = {},
): Promise<TestSystem> {
  const { replacements, clockOffsetsMs } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "appointments-")));
  const logged: LogEntry[] = [];
  const file = openLog(join(dataDir, "log.jsonl"), () => {});
  const shared = process.env.TEST_MYSQL_URL;
  const own =
    options.databases ?? (await ownDatabases({ ...(shared && { PE: shared, CL: shared }), ...givenServers() }));
  const program = await startTargetProgram();
  const system = await startSystem({
    aws: program?.given ?? {},
    root: options.root ?? root,
    dataDir,
    port: 0,
    gatewayPort: 0,
    config,
    env: own.env,
    ...(replacements && { replacements }),
    ...(clockOffsetsMs && { clockOffsetsMs }),
    log: (entry) => {
      logged.push({ time: "", ...entry } as LogEntry); // an entry is complete but for its time
      file.log(entry);
    },
  }).catch(async (error: unknown) => {
    await program?.stop();
    await own.drop();
    throw error;
  });
  const connections = new Map<string, Promise<Connection>>();
  const connect = (country: string) => {
    const url = system.state.databases[country];
    if (url === undefined) throw new Error(`No database for ${country}`);
    const made = connections.get(country) ?? createConnection(url);
    connections.set(country, made);
    return made;
  };
  const stop = async () => {
    for (const connection of connections.values()) await (await connection).end();
    connections.clear();
    await system.stop();
    await program?.stop();
    await file.close();
  };
  return {
    ...system,
    url: Object.values(system.state.apis)[0] ?? "",
    dataDir,
    logged,
    async rows(country, where = "true", values = []) {
      const connection = await connect(country);
      const [rows] = await connection.query<(Row & RowDataPacket)[]>(
        `select id, insured_id, schedule_id, status, reason from appointment where ${where} order by id`,
        values,
      );
      return rows.map((row) => ({ ...row }));
    },
    stop,
    remove: async () => {
      await stop();
      await own.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The servers that `DATABASE_URL_PE` and `DATABASE_URL_CL` name, by country. */
function givenServers(): Record<string, string> {
  const { DATABASE_URL_PE: pe, DATABASE_URL_CL: cl } = process.env;
  return { ...(pe && { PE: pe }), ...(cl && { CL: cl }) };
}

/** New databases on servers, so that suites do not meet. Without a server for a country the local system runs a private one. */
export async function ownDatabases(servers: Record<string, string> = givenServers()) {
  const env: Record<string, string> = {};
  const made: { server: string; name: string }[] = [];
  for (const [country, given] of Object.entries(servers)) {
    const url = new URL(given);
    const name = `test_${country.toLowerCase()}_${randomBytes(4).toString("hex")}`;
    url.pathname = "";
    await runSql(url.href, `create database ${name}`);
    made.push({ server: url.href, name });
    url.pathname = name;
    env[`DATABASE_URL_${country}`] = url.href;
  }
  const drop = async () => {
    for (const { server, name } of made) await runSql(server, `drop database ${name}`);
  };
  return { env, drop };
}

async function runSql(server: string, sql: string): Promise<void> {
  const connection = await createConnection(server);
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

/** Asks until the answer is not undefined. Throws after `timeoutMs`, naming what was waited for: then it will never come, also on a busy machine. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
