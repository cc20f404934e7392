import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import config from "@appointments/app/local";
import type { LogEntry } from "@appointments/local/system/line";
import { openLog } from "@appointments/local/system/log";
import { startSystem } from "@appointments/local/system/system";
import { startTargetProgram } from "../fidelity/targets/programs.ts";
import { watchAnswers } from "../kit/contract.ts";
import { makeDatabase, query } from "../kit/mysql.ts";
import { root } from "../repository.ts";
import { call, operatorAccess } from "./access.ts";

interface Row {
  id: string;
  insured_id: string;
  schedule_id: number;
  status: string;
  reason: string | null;
}

export type TestSystem = Awaited<ReturnType<typeof startTestSystem>>;

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
) {
  const { replacements, clockOffsetsMs } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "appointments-")));
  const logged: LogEntry[] = [];
  const file = openLog(join(dataDir, "log.jsonl"), () => {});
  const own = options.databases ?? (await ownDatabases(sharedServers()));
  const program = await startTargetProgram();
  const answers = watchAnswers();
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
    onAnswer: answers.onAnswer,
    log: (entry) => {
      logged.push({ time: "", ...entry } as LogEntry); // an entry is complete but for its time
      file.log(entry);
    },
  }).catch(async (error: unknown) => {
    await program?.stop();
    await own.drop();
    throw error;
  });
  const end = async () => {
    await system.stop();
    await program?.stop();
    await file.close();
  };
  const access = operatorAccess(system.state);
  return {
    ...system,
    /** Base URL of the API, and the token of an operator. */
    ...access,
    /** Calls the API as an operator, unless `init` has another token. */
    call: (path: string, init?: RequestInit) => call(access, path, init),
    dataDir,
    /** What the system logged so far. */
    logged,
    /** The rows in a country's own database. */
    rows(country: string, where = "true", values: unknown[] = []): Promise<Row[]> {
      const url = system.state.databases[country];
      if (url === undefined) throw new Error(`No database for ${country}`);
      const columns = "id, insured_id, schedule_id, status, reason";
      return query<Row>(url, `select ${columns} from appointment where ${where} order by id`, values);
    },
    /** What it has answered that is not in the document: one line each. */
    undocumented: answers.faults,
    /** Ends it. Throws when it has answered what is not in the document. */
    stop: async (): Promise<void> => {
      await end();
      answers.assertDocumented();
    },
    /** Ends it and removes what it kept. Throws as `stop`. */
    remove: async (): Promise<void> => {
      await end();
      await own.drop();
      await rm(dataDir, { recursive: true, force: true });
      answers.assertDocumented();
    },
  };
}

/** The servers that `DATABASE_URL_PE` and `DATABASE_URL_CL` name, by country. */
function givenServers(): Record<string, string> {
  const { DATABASE_URL_PE: pe, DATABASE_URL_CL: cl } = process.env;
  return { ...(pe && { PE: pe }), ...(cl && { CL: cl }) };
}

/** The server of this test run for each country, or the one that is named. What owns a database there may change its schema. */
export function sharedServers(): Record<string, string> {
  const shared = process.env.TEST_MYSQL_URL;
  return { ...(shared && { PE: shared, CL: shared }), ...givenServers() };
}

/** New databases on servers, so that suites do not meet. Without a server for a country the local system runs a private one. */
export async function ownDatabases(servers: Record<string, string> = givenServers()) {
  const countries = Object.entries(servers);
  const made = await Promise.all(countries.map(async ([country, url]) => ({ country, ...(await makeDatabase(url)) })));
  return {
    env: Object.fromEntries(made.map(({ country, url }) => [`DATABASE_URL_${country}`, url])),
    drop: async (): Promise<void> => {
      for (const { drop } of made) await drop();
    },
  };
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
