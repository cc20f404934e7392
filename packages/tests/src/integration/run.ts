import { spawn } from "node:child_process";
import { isProgram, targetPrograms } from "../fidelity/targets/programs.ts";
import { root } from "../repository.ts";

const names = ["embedded", ...Object.keys(targetPrograms)];
const usage = `npm run test:integration -- [--target ${names.join("|")}] [what vitest takes]
The databases are those of DATABASE_URL_PE and DATABASE_URL_CL, where given.`;

/** Runs the integration suite with a target behind the gateway; the exit status is vitest's. */
async function main(): Promise<number> {
  const [option, value = "", ...rest] = process.argv.slice(2);
  const target = option === "--target" ? value : "embedded";
  if (!names.includes(target)) {
    console.error(`No target ${target}.\n${usage}`);
    return 2;
  }
  if (isProgram(target)) {
    // Installed once, here: each suite starts a program of its own, with no state.
    const program = await targetPrograms[target]((message) => console.log(`  … ${message}`));
    await program.stop();
    console.log(`Integration suite on ${program.version}`);
  }
  const passed = option === "--target" ? rest : process.argv.slice(2);
  const files = passed.some((it) => it.includes(".test.ts")) ? [] : ["packages/tests/src/integration"];
  const vitest = spawn("vitest", ["run", "--config", "packages/tests/vitest.config.ts", ...files, ...passed], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, INTEGRATION_TARGET: target },
  });
  return new Promise((resolve, reject) => {
    vitest.once("error", reject);
    vitest.once("exit", (status) => resolve(status ?? 1));
  });
}

process.exitCode = await main();
