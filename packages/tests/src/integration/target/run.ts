import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstalled } from "@appointments/local/mysql/server";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { commitOf } from "../../fault/results.ts";
import { isProgram, targetPrograms } from "../../fidelity/targets/programs.ts";
import { root } from "../../repository.ts";
import { type Outcome, targetNames, writeOutcome } from "./outcome.ts";

const usage = `npm run test:integration -- [--target ${targetNames.join("|")}] [what vitest takes]
The databases are those of DATABASE_URL_PE and DATABASE_URL_CL, where given. What a whole run came to is kept, and written to docs/targets.md.`;

/** Runs the integration suite with a target behind the gateway; the exit status is vitest's. */
async function main(): Promise<number> {
  const [option, value = "", ...rest] = process.argv.slice(2);
  const target = option === "--target" ? value : "embedded";
  if (!targetNames.includes(target)) {
    console.error(`No target ${target}.\n${usage}`);
    return 2;
  }
  let version = "embedded";
  if (isProgram(target)) {
    // Installed once, here: each suite starts a program of its own, with no state.
    const program = await targetPrograms[target]((message) => console.log(`  … ${message}`));
    await program.stop();
    version = program.version;
    console.log(`Integration suite on ${version}`);
  }
  const passed = option === "--target" ? rest : process.argv.slice(2);
  if (passed.length > 0) return vitest(target, passed);
  const folder = await mkdtemp(join(tmpdir(), "appointments-integration-"));
  try {
    const began = {
      target,
      version,
      commit: commitOf(),
      at: new Date().toISOString(),
      database: await databaseVersion(),
    };
    const file = join(folder, "report.json");
    const status = await vitest(target, ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`]);
    await writeOutcome({ ...began, ...countsOf(JSON.parse(await readFile(file, "utf8"))) });
    console.log(`Kept, and written to docs/targets.md.`);
    return status;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function vitest(target: string, args: string[]): Promise<number> {
  const files = args.some((it) => it.includes(".test.ts")) ? [] : ["packages/tests/src/integration"];
  const child = spawn("vitest", ["run", "--config", "packages/tests/vitest.config.ts", ...files, ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, INTEGRATION_TARGET: target },
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status) => resolve(status ?? 1));
  });
}

/** What vitest's JSON reporter writes, as far as it is read here. */
interface Report {
  numPassedTests: number;
  numPendingTests: number;
  testResults: { name: string; message?: string; assertionResults: { status: string; fullName: string }[] }[];
}

function countsOf({
  numPassedTests,
  numPendingTests,
  testResults,
}: Report): Pick<Outcome, "passed" | "skipped" | "failed"> {
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName),
  );
  // A file that cannot even be loaded, or whose preparation fails, has no failed test.
  const broken = testResults.filter(({ message, assertionResults }) => message && assertionResults.length === 0);
  return { passed: numPassedTests, skipped: numPendingTests, failed: [...failed, ...broken.map(({ name }) => name)] };
}

async function databaseVersion(): Promise<string> {
  const given = process.env.DATABASE_URL_PE;
  if (given === undefined) {
    const server = await findInstalled();
    return server === undefined ? "downloaded" : `${server.kind === "mysql" ? "MySQL" : "MariaDB"} ${server.version}`;
  }
  const connection = await createConnection(given);
  const [rows] = await connection.query<RowDataPacket[]>("select version() as version");
  await connection.end();
  const version = String(rows[0]?.version);
  return `${version.includes("MariaDB") ? "MariaDB" : "MySQL"} ${version.split("-")[0]}`;
}

process.exitCode = await main();
