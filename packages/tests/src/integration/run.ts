import { startVitest } from "vitest/node";
import { readCommandLine, refuse } from "../command-line.ts";
import { isProgram, targetPrograms } from "../fidelity/targets/programs.ts";
import { root } from "../repository.ts";

const names = ["embedded", ...Object.keys(targetPrograms)];
const usage = `npm run test:integration -- [--target ${names.join("|")}] [files] [-t "a test's name"]
The databases are those of DATABASE_URL_PE and DATABASE_URL_CL, where given.`;

const text = { type: "string" } as const;
const options = { target: { ...text, default: "embedded" }, testNamePattern: { ...text, short: "t" } };
const { values, files } = readCommandLine(usage, options, true);
const { target, testNamePattern } = values;
if (!names.includes(target)) refuse(`No target ${target}.`, usage);
if (isProgram(target)) {
  // Installed once, here: each suite starts a program of its own, with no state.
  const program = await targetPrograms[target]((message) => console.log(`  … ${message}`));
  await program.stop();
  console.log(`Integration suite on ${program.version}`);
}
process.env.INTEGRATION_TARGET = target;
await startVitest("test", files.length > 0 ? files : ["packages/tests/src/integration"], {
  ...(testNamePattern !== undefined && { testNamePattern }),
  watch: false,
  root,
  config: "packages/tests/vitest.config.ts",
});
