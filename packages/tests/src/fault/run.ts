import { spawn } from "node:child_process";
import { root } from "../repository.ts";

/** `npm run test:fault`: the whole campaign, whose results stand in results.json. The exit status is vitest's. */
const vitest = spawn("vitest", ["run", "packages/tests/src/fault", "--no-file-parallelism", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, FAULT_CAMPAIGN: "whole" },
});
process.exitCode = await new Promise<number>((resolve, reject) => {
  vitest.once("error", reject);
  vitest.once("exit", (status) => resolve(status ?? 1));
});
