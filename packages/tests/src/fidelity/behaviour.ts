import { type TaskMeta, test } from "vitest";
import { differencesOf } from "./differences.ts";
import { type Row, type TargetName, targetNames, type UncheckedRow } from "./row.ts";
import { startAtAws } from "./targets/aws.ts";
import { startAtProgram, startEmbedded } from "./targets/gateway.ts";
import type { Target, Topology } from "./topology.ts";

/**
 * Registers one row of the table of behaviours, with the test that shows it on the target of this run.
 *
 * A row that says it differs on this target must fail there: when it passes, the table is out of date, and that is an
 * error. A row that cannot run on this target is skipped, one that is `unchecked` is only listed.
 *
 * @param timeoutMs how long the test may take before it is taken for hanging
 */
export function behaviour(row: UncheckedRow): void;
export function behaviour(row: Row, check: () => Promise<void>, timeoutMs?: number): void;
export function behaviour(row: Row | UncheckedRow, check?: () => Promise<void>, timeoutMs = 30_000): void {
  register(row, check, { timeout: timeoutMs });
}

/** As `behaviour`, beside other such rows: for those that mostly wait, each on resources of its own. */
export function sideBySide(row: Row, check: () => Promise<void>, timeoutMs = 30_000): void {
  register(row, check, { timeout: timeoutMs, concurrent: true });
}

function register(
  stated: Row | UncheckedRow,
  check: (() => Promise<void>) | undefined,
  more: { timeout: number; concurrent?: boolean },
): void {
  const row = { ...stated, differences: { ...differencesOf(stated.id), ...stated.differences } };
  const name = `${row.id}: ${row.says}`;
  const options = { meta: { row }, ...more };
  const difference = row.differences?.[targetName];
  if ("unchecked" in row || check === undefined) test.todo(name, options);
  else if (!runsOn(row, targetName)) test.skip(name, options);
  else {
    test(name, options, async ({ task }) => {
      task.meta.version = version;
      if (difference === undefined) await check();
      else await differing(check, difference, task);
    });
  }
}

/** DynamoDB Local is a table and nothing else; the rest of such a run is embedded, and has been run there. */
function runsOn({ area, targets }: Row, target: TargetName): boolean {
  if (target === "dynamodb-local" && area !== "DynamoDB") return false;
  return targets === undefined || targets.includes(target);
}

async function differing(check: () => Promise<void>, difference: string, task: { meta: TaskMeta }): Promise<void> {
  const failed = await check().then(
    () => false,
    () => true,
  );
  if (!failed) throw new Error(`This target now does what AWS does; the row still says: ${difference}`);
  task.meta.differs = true;
}

const named = process.env.FIDELITY_TARGET ?? "embedded";
const known = targetNames.find((name) => name === named);
if (known === undefined) throw new Error(`No target ${named}; there are ${targetNames.join(", ")}.`);
/** The target of this run: `FIDELITY_TARGET`, else the emulators that `npm start` embeds. */
export const targetName: TargetName = known;

/** Makes the resources and clients. */
const targets: Record<TargetName, (topology: Topology) => Promise<Target>> = {
  embedded: startEmbedded,
  ministack: startAtProgram,
  moto: startAtProgram,
  "dynamodb-local": startAtProgram,
  aws: startAtAws,
};

/** Version of the target that was started last in this process; empty before that. */
let version = "";

/** Starts the target of this run with the resources that a test file asks for. */
export async function startTarget(topology: Topology): Promise<Target> {
  const target = await targets[targetName](topology);
  version = target.version;
  return target;
}
