import { findInstalled } from "@appointments/local/mysql/server";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { startVitest, type Vitest } from "vitest/node";
import { readCommandLine, refuse } from "../../command-line.ts";
import { commitOf } from "../../fault/results.ts";
import { isProgram, targetPrograms } from "../../fidelity/targets/programs.ts";
import { root } from "../../repository.ts";
import { type Outcome, targetNames, writeOutcome } from "./outcome.ts";

const usage = `npm run test:integration -- [--target ${targetNames.join("|")}] [files] [-t "a test's name"]
The databases are those of DATABASE_URL_PE and DATABASE_URL_CL, where given. What a whole run came to is kept, and written to docs/targets.md.`;

const text = { type: "string" } as const;
const options = { target: { ...text, default: "embedded" }, testNamePattern: { ...text, short: "t" } };
const { values, files } = readCommandLine(usage, options, true);
const { target, testNamePattern } = values;
if (!targetNames.includes(target)) refuse(`No target ${target}.`, usage);
let version = target;
if (isProgram(target)) {
  // Installed once, here: each suite starts a program of its own, with no state.
  const program = await targetPrograms[target]((message) => console.log(`  … ${message}`));
  await program.stop();
  version = program.version;
  console.log(`Integration suite on ${version}`);
}
process.env.INTEGRATION_TARGET = target;
const began = { target, version, commit: commitOf(), at: new Date().toISOString(), database: await databaseVersion() };
const vitest = await startVitest("test", files.length > 0 ? files : ["packages/tests/src/integration"], {
  ...(testNamePattern !== undefined && { testNamePattern }),
  watch: false,
  root,
  config: "packages/tests/vitest.config.ts",
});
if (files.length === 0 && testNamePattern === undefined) {
  await writeOutcome({ ...began, ...countsOf(vitest) });
  console.log("What it came to is kept, and written to docs/targets.md.");
}

function countsOf({ state }: Vitest): Pick<Outcome, "passed" | "skipped" | "failed"> {
  const modules = state.getTestModules();
  const tests = modules.flatMap(({ children }) => [...children.allTests()]);
  const named = (wanted: string) => tests.filter((test) => test.result().state === wanted);
  // A file that cannot be loaded has no failed test, nor has a suite whose preparation fails.
  const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  const broken = suites.filter((suite) => suite.errors().length > 0);
  return {
    passed: named("passed").length,
    skipped: named("skipped").length + named("pending").length,
    failed: [
      ...named("failed").map(({ fullName }) => fullName),
      ...broken.map((suite) => (suite.type === "module" ? suite.relativeModuleId : suite.fullName)),
    ],
  };
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
  const answer = String(rows[0]?.version);
  return `${answer.includes("MariaDB") ? "MariaDB" : "MySQL"} ${answer.split("-")[0]}`;
}
