import { parseArgs } from "node:util";
import { processes } from "./processes.ts";
import { writeResult } from "./result.ts";
import { type TargetName, targetNames } from "./row.ts";
import { runSuite } from "./suite.ts";

const usage = `npm run test:fidelity -- [--target ${targetNames.join("|")}] [--stage NAME]`;

/** Runs the suite on one target and keeps what it came to in results/; the exit status is 1 when a row failed. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { target: { type: "string", default: "embedded" }, stage: { type: "string" } },
  });
  const target = targetNames.find((name) => name === values.target);
  if (target === undefined) {
    console.error(`No target ${values.target}.\n${usage}`);
    return 2;
  }
  const stop = await prepare(target, values.stage);
  try {
    const { result, failures } = await runSuite(target);
    const count = (status: string) => Object.values(result.rows).filter((it) => it === status).length;
    const counts = ["passed", "differs", "failed", "unsupported"].map((status) => `${count(status)} ${status}`);
    console.log(`${target} (${result.version}): ${counts.join(", ")} → ${await writeResult(result)}`);
    console.log("npm run docs:fidelity writes docs/fidelity.md from it.");
    return failures.length > 0 ? 1 : 0;
  } finally {
    await stop();
  }
}

/** Starts what the target needs and points the suite's processes at it. */
async function prepare(target: TargetName, stage: string | undefined): Promise<() => Promise<void>> {
  const started = await processes[target]?.(stage === undefined ? {} : { stage });
  Object.assign(process.env, { FIDELITY_TARGET: target }, started?.env);
  return async () => started?.stop();
}

process.exitCode = await main();
