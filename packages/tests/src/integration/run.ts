import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { isProgram, targetPrograms } from "../fidelity/targets/targets.ts";
import { root } from "../repository.ts";

const names = ["embedded", ...Object.keys(targetPrograms)];
const usage = `npm run test:integration -- [--target ${names.join("|")}] [what vitest takes]
The databases are those of DATABASE_URL_PE and DATABASE_URL_CL, where given.`;

/** Runs the integration suite with a target behind the gateway; the exit status is vitest's. */
async function main(): Promise<number> {
  const { values, tokens } = parseArgs({
    options: { target: { type: "string", default: "embedded" } },
    strict: false,
    tokens: true,
  });
  const target = String(values.target);
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
  const taken = tokens.find((token) => token.kind === "option" && token.name === "target");
  const skipped = taken === undefined ? [] : [taken.index, ...(taken.inlineValue === false ? [taken.index + 1] : [])];
  const rest = process.argv.slice(2).filter((_, index) => !skipped.includes(index));
  const files = rest.some((it) => !it.startsWith("-")) ? [] : ["packages/tests/src/integration"];
  const vitest = spawn("vitest", ["run", ...files, ...rest], {
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
