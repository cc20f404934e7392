import { join } from "node:path";
import { installMaven, installPython, type Say } from "./install.ts";
import { startProgram, type TargetProgram } from "./program.ts";

/**
 * The targets that a program here serves, by the name that `--target` takes. Each is installed when it is not there yet, and
 * started with no state, on a free port.
 */
export const targetPrograms = {
  /** `ministack` of PyPI (MIT). The account is that of a key of twelve digits. */
  ministack: async (say) => {
    const dir = await installPython("ministack-1.5.33", "ministack==1.5.33", say);
    const program = await startProgram(({ port, folder }) => ({
      command: join(dir, "bin/ministack"),
      args: [],
      env: { GATEWAY_PORT: String(port), BIND_HOST: "127.0.0.1", STATE_DIR: folder, LOG_LEVEL: "WARNING" },
    }));
    return { ...program, version: "MiniStack 1.5.33", given: { all: program.url } };
  },
  /** moto's server: `moto` of PyPI (Apache-2.0). Its account is 123456789012. */
  moto: async (say) => {
    const dir = await installPython("moto-5.2.5", "moto[server]==5.2.5", say);
    const program = await startProgram(({ port }) => ({
      command: join(dir, "bin/moto_server"),
      args: ["-H", "127.0.0.1", "-p", String(port)],
    }));
    return { ...program, version: "moto 5.2.5", given: { all: program.url } };
  },
  /**
   * Amazon's DynamoDB Local, in memory, for the table alone; everything else stays embedded. Amazon's own licence: it is
   * fetched from Maven Central to be run here, and is no part of this project.
   * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.html
   */
  "dynamodb-local": async (say) => {
    const artifact = { groupId: "software.amazon.dynamodb", artifactId: "DynamoDBLocal", version: "3.3.1" };
    const lib = join(await installMaven("dynamodb-local-3.3.1", artifact, say), "lib");
    const classPath = ["-cp", join(lib, "*"), "software.amazon.dynamodb.services.local.main.ServerRunner"];
    const options = ["-inMemory", "-sharedDb", "-disableTelemetry"];
    const program = await startProgram(({ port }) => ({
      command: "java",
      args: ["-Xmx512m", `-Djava.library.path=${lib}`, ...classPath, ...options, "-port", String(port)],
    }));
    return { ...program, version: "DynamoDB Local 3.3.1", given: { dynamodb: program.url } };
  },
} satisfies Record<string, (say: Say) => Promise<TargetProgram>>;

export type ProgramName = keyof typeof targetPrograms;

export function isProgram(name: string): name is ProgramName {
  return Object.hasOwn(targetPrograms, name);
}

/** What stands behind the gateway: `INTEGRATION_TARGET`, else the embedded emulators. */
const integrationTarget = process.env.INTEGRATION_TARGET ?? "embedded";

/** Whether tables are the embedded ones, and queues and the bus: only there are archives, and can a test look into a queue. */
export const embedsTables = integrationTarget === "embedded";
export const embedsMessaging = embedsTables || integrationTarget === "dynamodb-local";

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
