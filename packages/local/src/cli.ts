import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, styleText } from "node:util";
import { checkEndpointUrl } from "./endpoint/given.ts";
import { residentMb } from "./lambda/memory.ts";
import { stopLeftOver } from "./mysql/mysql.ts";
import { openLog } from "./system/log.ts";
import { showProgress } from "./system/progress.ts";
import { readState } from "./system/state.ts";
import { type System, startSystem } from "./system/system.ts";

const usage = `npm start [-- options]          runs the whole system of sst.config.ts on this machine

  --port N           port of the API              (PORT, default 3000)
  --gateway-port N   port for AWS calls           (GATEWAY_PORT, default 4566)
  --aws URL          an AWS-compatible endpoint (MiniStack, LocalStack, …) instead of the embedded emulators;
                     the gateway stays in front of it, on port 4567
  --aws-dynamodb URL the same for DynamoDB alone, e.g. Amazon's DynamoDB Local
  --data FOLDER      where state and logs are     (default .local)
  --fresh            forget the state of the last run
  --inspect          let a debugger attach to the functions; nothing times out
  --help             this text

State survives a restart. Ctrl-C stops everything.`;

const root = resolve(fileURLToPath(import.meta.url), "../../../..");
const print = (line: string) => process.stdout.write(`${line}\n`);

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(
    `\n${styleText("red", "npm start:")} ${error instanceof Error ? error.message : String(error)}\n`,
  );
  return 1;
});

async function main(): Promise<number> {
  const settings = readSettings();
  if (settings === undefined) return 2;
  if (settings.help) {
    print(usage);
    return 0;
  }
  const { dataDir } = settings;
  const startedAt = performance.now();
  const running = await readState(dataDir);
  if (running)
    throw new Error(`It is running already (pid ${running.pid}, ${Object.values(running.apis).join(", ")}).`);
  if (settings.fresh) await forget(dataDir);

  const { log, close } = openLog(join(dataDir, "log.jsonl"), print);
  const failed = Promise.withResolvers<string>();
  const asked = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => asked.resolve(signal));
  process.on("uncaughtException", (error) => failed.resolve(error.stack ?? error.message));

  print(`${styleText("bold", "Medical appointments")} · starting from sst.config.ts\n`);
  const starting = startSystem({
    root,
    ...settings,
    watch: true,
    log,
    progress: showProgress(print),
    onFailure: failed.resolve,
  });
  const early = await Promise.race([starting, asked.promise, failed.promise]);
  if (typeof early === "string") {
    print(`\n${early}: stopping …`);
    await starting.then((system) => system.stop()).catch(() => {});
    await close();
    return early.startsWith("SIG") ? 130 : 1;
  }
  print(await summary(early, performance.now() - startedAt));

  const why = await Promise.race([asked.promise, failed.promise]);
  const clean = why === "SIGINT" || why === "SIGTERM" || why === "SIGHUP";
  print(
    clean ? `\n${why}: stopping …` : `\n${styleText("red", "A part of the system ended:")} ${why}\nStopping the rest …`,
  );
  const stoppedAt = performance.now();
  await early.stop();
  await close();
  print(`Stopped in ${((performance.now() - stoppedAt) / 1000).toFixed(1)} s. The state is kept in ${dataDir}.`);
  return clean ? 0 : 1;
}

/** Only what a start makes: the folder may be one that the user chose, with other things in it. */
async function forget(dataDir: string): Promise<void> {
  await stopLeftOver(join(dataDir, "mysql"));
  for (const name of ["aws", "functions", "log.jsonl", "mysql", "system.json"]) {
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

function readSettings() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: process.env.PORT ?? "3000" },
        "gateway-port": { type: "string" },
        aws: { type: "string" },
        "aws-dynamodb": { type: "string" },
        data: { type: "string", default: join(root, ".local") },
        fresh: { type: "boolean", default: false },
        inspect: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const { fresh, inspect, help, "aws-dynamodb": dynamodb } = values;
    // 4566 is the port of most endpoints that can be given.
    const gatewayDefault = values.aws === undefined ? "4566" : "4567";
    const dataDir = resolve(values.data);
    return {
      port: portOf("--port", values.port),
      gatewayPort: portOf("--gateway-port", values["gateway-port"] ?? process.env.GATEWAY_PORT ?? gatewayDefault),
      aws: {
        ...(values.aws === undefined ? {} : { all: checkEndpointUrl("--aws", values.aws) }),
        ...(dynamodb === undefined ? {} : { dynamodb: checkEndpointUrl("--aws-dynamodb", dynamodb) }),
      },
      dataDir,
      fresh,
      inspect,
      help,
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}\n`);
    return undefined;
  }
}

function portOf(name: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${name} takes a port from 0 to 65535, not "${text}".`);
  return port;
}

async function summary({ state, functions }: System, tookMs: number): Promise<string> {
  const pids = [
    process.pid,
    ...state.pids.mysql,
    ...[...functions.values()].flatMap((fn) => fn.environments().map(({ pid }) => pid)),
  ];
  const memory = (await Promise.all(pids.map(residentMb))).reduce<number>((sum, mb) => sum + (mb ?? 0), 0);
  const api = Object.values(state.apis)[0] ?? "";
  return `
${styleText(["bold", "green"], "Ready")} in ${(tookMs / 1000).toFixed(1)} s, ${Math.round(memory)} MB in ${pids.length} processes

  API        ${api}
  AWS calls  ${state.gateway.url}   meter: ${state.gateway.url}/_local/meter
${Object.entries(state.databases)
  .map(([code, url]) => `  MySQL ${code}   ${url}`)
  .join("\n")}
  Logs       here, and whole in .local/log.jsonl: npm run logs -- --appointment ID

Book an appointment, then look at it:

  curl -i ${api}/appointments --json '{"insuredId":"00042","scheduleId":100,"countryISO":"PE"}'
  curl ${api}/appointments/00042
`;
}
