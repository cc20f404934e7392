import type { TargetProgram } from "../fidelity/targets/program.ts";
import { isProgram, targetPrograms } from "../fidelity/targets/targets.ts";

/** What stands behind the gateway: `INTEGRATION_TARGET`, else the embedded emulators. */
const integrationTarget = process.env.INTEGRATION_TARGET ?? "embedded";

/** Whether queues and the bus are the embedded ones: only there are archives, and can a test look into a queue. */
export const embedsMessaging = integrationTarget === "embedded" || integrationTarget === "dynamodb-local";

/** Starts a target of its own for a suite, with no state in it; none when the emulators are embedded. */
export async function startTargetProgram(): Promise<TargetProgram | undefined> {
  if (integrationTarget === "embedded") return undefined;
  if (!isProgram(integrationTarget)) throw new Error(`INTEGRATION_TARGET is ${integrationTarget}, which is no target.`);
  return targetPrograms[integrationTarget](() => {});
}

/** The options of `npm start` that put a target behind the gateway. */
export function startOptions(program: TargetProgram | undefined): string[] {
  const { all, dynamodb } = program?.given ?? {};
  return [
    ...(all === undefined ? [] : ["--aws", all]),
    ...(dynamodb === undefined ? [] : ["--aws-dynamodb", dynamodb]),
  ];
}

/**
 * How long a message can be away that was on its way to a consumer when the whole system was killed: embedded, it is
 * freed at the next start; anywhere else it comes back after its visibility timeout, or the reconciler sends another.
 */
export const recoveryMs = integrationTarget === "ministack" || integrationTarget === "moto" ? 300_000 : 60_000;
