import { readCommandLine, refuse } from "../command-line.ts";
import { type TargetName, targetNames } from "./row.ts";
import { runSuite, writeResult } from "./suite.ts";
import { findStage } from "./targets/aws.ts";
import { isProgram, targetPrograms } from "./targets/programs.ts";

const usage = `npm run test:fidelity -- [--target ${targetNames.join("|")}] [--stage NAME]`;

/** Runs the suite on one target and keeps what it came to in results/; the exit status is 1 when a row failed. */
async function main(): Promise<number> {
  const options = { target: { type: "string", default: "embedded" }, stage: { type: "string" } } as const;
  const { values } = readCommandLine(usage, options);
  const target = targetNames.find((name) => name === values.target) ?? refuse(`No target ${values.target}.`, usage);
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

/** Starts what the target needs, one program for the whole run, and points the suite's processes at it. @returns what ends it */
async function prepare(target: TargetName, stage: string | undefined): Promise<() => Promise<void>> {
  process.env.FIDELITY_TARGET = target;
  if (target === "aws") Object.assign(process.env, await findStage(stage));
  if (!isProgram(target)) return async () => {};
  const { given, version, stop } = await targetPrograms[target]((message) => console.log(`  … ${message}`));
  Object.assign(process.env, { FIDELITY_GIVEN: JSON.stringify(given), FIDELITY_VERSION: version });
  return stop;
}

process.exitCode = await main();
