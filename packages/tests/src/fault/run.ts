import { join } from "node:path";
import { startVitest } from "vitest/node";
import { readCommandLine, refuse } from "../command-line.ts";
import { root } from "../repository.ts";

const usage = `npm run test:fault                              the short form, a few minutes: a sample of each suite
npm run test:fault -- --long                    the whole campaign, hours; what it finds is kept in results.json
npm run test:fault -- --minutes N               random histories only, N minutes of them; kept, too
npm run test:fault -- --seed N                  the random history of one seed again
npm run test:fault -- [--long] kill.test.ts     only these files; -t "a test's name" only these tests
The databases are made on the servers that DATABASE_URL_PE and DATABASE_URL_CL name, else on a private one.`;

const text = { type: "string" } as const;
const { values, files } = readCommandLine(
  usage,
  { long: { type: "boolean", default: false }, minutes: text, seed: text, testNamePattern: { ...text, short: "t" } },
  true,
);
const { long, minutes = long ? "5" : undefined, seed, testNamePattern } = values;
for (const [name, value = "1"] of Object.entries({ minutes, seed })) {
  if (!/^[1-9]\d*$/.test(value)) refuse(`--${name} takes a whole number from 1.`, usage);
}
// The variables that the campaign reads.
if (long) process.env.FAULT_CAMPAIGN = "long";
if (minutes !== undefined) process.env.FAULT_MINUTES = minutes;
if (seed !== undefined) process.env.FAULT_SEED = seed;
// A seed is of a random history or of kills: which, a file says.
const onlyRandom = !long && (minutes ?? seed) !== undefined && files.length === 0;
await startVitest("test", onlyRandom ? ["random.test.ts"] : files, {
  ...(testNamePattern !== undefined && { testNamePattern }),
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
