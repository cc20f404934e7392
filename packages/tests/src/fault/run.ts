import { spawn } from "node:child_process";
import { root } from "../repository.ts";

const usage = `npm run test:fault                              the whole campaign, five minutes of random histories in it
npm run test:fault -- --minutes N               random histories only, N minutes of them
npm run test:fault -- --seed N                  the random history of one seed again
npm run test:fault -- fault/kill.test.ts        what vitest takes: files, -t "a test's name"
The databases are those of DATABASE_URL_PE and DATABASE_URL_CL, where given.`;

/** The variables that the campaign reads, by option. */
const options: Record<string, string> = { "--minutes": "FAULT_MINUTES", "--seed": "FAULT_SEED" };

/** Runs the fault campaign; its results stand in results.json. @returns vitest's exit status, or 2 for a wrong option */
async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    console.log(usage);
    return 0;
  }
  const chosen: Record<string, string> = {};
  const passed: string[] = [];
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    const variable = options[arg];
    const value = variable === undefined ? undefined : args.shift();
    if (variable === undefined) passed.push(arg);
    else if (/^[1-9]\d*$/.test(value ?? "")) chosen[variable] = value ?? "";
    else {
      console.error(`${arg} takes a whole number from 1.\n${usage}`);
      return 2;
    }
  }
  const random = Object.keys(chosen).length > 0 ? "/random.test.ts" : "";
  const files = passed.some((it) => it.includes(".test.ts")) ? [] : [`packages/tests/src/fault${random}`];
  const vitest = spawn("vitest", ["run", ...files, "--no-file-parallelism", ...passed], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, FAULT_CAMPAIGN: "whole", FAULT_MINUTES: "5", ...chosen },
  });
  return new Promise((resolve, reject) => {
    vitest.once("error", reject);
    vitest.once("exit", (status) => resolve(status ?? 1));
  });
}

process.exitCode = await main();
