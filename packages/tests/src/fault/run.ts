import { join } from "node:path";
import { parseCLI, startVitest } from "vitest/node";
import { root } from "../repository.ts";

const usage = `npm run test:fault                              the short form, a few minutes: a sample of each suite
npm run test:fault -- --long                    the whole campaign, hours; what it finds is kept in results.json
npm run test:fault -- --minutes N               random histories only, N minutes of them; kept, too
npm run test:fault -- --seed N                  the random history of one seed again
npm run test:fault -- [--long] kill.test.ts     what vitest takes: files, -t "a test's name"
The databases are made on the servers that DATABASE_URL_PE and DATABASE_URL_CL name, else on a private one.`;

/** The variables that the campaign reads, by option. */
const options: Record<string, string> = { "--minutes": "FAULT_MINUTES", "--seed": "FAULT_SEED" };

/** Runs the fault campaign. @returns the exit status: that of vitest, or 2 for a wrong option */
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
    if (arg === "--long") chosen.FAULT_CAMPAIGN = "long";
    else if (variable === undefined) passed.push(arg);
    else {
      const value = args.shift() ?? "";
      if (!/^[1-9]\d*$/.test(value)) {
        console.error(`${arg} takes a whole number from 1.\n${usage}`);
        return 2;
      }
      chosen[variable] = value;
    }
  }
  const long = chosen.FAULT_CAMPAIGN === "long";
  if (long) chosen.FAULT_MINUTES ??= "5";
  Object.assign(process.env, chosen);
  const { filter, options: given } = parseCLI(["vitest", "run", ...passed]);
  // A seed is of a random history or of kills: which, a file says.
  const onlyRandom = !long && ("FAULT_MINUTES" in chosen || "FAULT_SEED" in chosen) && filter.length === 0;
  await startVitest("test", onlyRandom ? ["random.test.ts"] : [...filter], {
    ...given,
    watch: false,
    config: false,
    root,
    globalSetup: [join(root, "packages/tests/src/setup.ts")],
    include: ["packages/tests/src/fault/suite/*.test.ts"],
    // The long form lasts; its parts must not take each other's time.
    fileParallelism: !long,
    maxWorkers: long ? 1 : 3,
    testTimeout: 90_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
  });
  return Number(process.exitCode ?? 0);
}

process.exitCode = await main();
