import { rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs, styleText } from "node:util";
import { type LocalConfig, readConfig } from "./config.ts";
import { checkEndpointUrl } from "./endpoint/emulators.ts";
import { residentMb } from "./lambda/memory.ts";
import { stopLeftOver } from "./mysql/mysql.ts";
import { openLog } from "./system/log.ts";
import { showProgress } from "./system/run.ts";
import { readState } from "./system/state.ts";
import { type System, startSystem } from "./system/system.ts";

const usage = `npm start [-- options]          runs the whole system of sst.config.ts on this machine

  --port N           port of the API              (PORT, default 3000)
  --gateway-port N   port for AWS calls           (GATEWAY_PORT, default 4566)
  --aws URL          an AWS-compatible endpoint (MiniStack, LocalStack, …) instead of the embedded emulators;
                     the gateway stays in front of it, on port 4567
  --aws-dynamodb URL the same for DynamoDB alone, e.g. Amazon's DynamoDB Local
  --data FOLDER      where state and logs are     (default .local)
  --root FOLDER      where sst.config.ts is       (default: here)
  --config FILE      what is particular to the app
  --fresh            forget the state of the last run
  --inspect          let a debugger attach to the functions; nothing times out
  --help             this text

State survives a restart. Ctrl-C stops everything.`;

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
  const { dataDir, root } = settings;
  const config = await readConfig(settings.config);
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

  print(`${styleText("bold", config.title ?? basename(root))} · starting from sst.config.ts\n`);
  const starting = startSystem({
    ...settings,
    config,
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
  let clean = false;
  try {
    print(await summary(early, config, performance.now() - startedAt));
    const why = await Promise.race([asked.promise, failed.promise]);
    clean = why.startsWith("SIG");
    const ended = styleText("red", "A part of the system ended:");
    print(clean ? `\n${why}: stopping …` : `\n${ended} ${why}\nStopping the rest …`);
  } finally {
    const stoppedAt = performance.now();
    await early.stop();
    await close();
    print(`Stopped in ${((performance.now() - stoppedAt) / 1000).toFixed(1)} s. The state is kept in ${dataDir}.`);
  }
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
        data: { type: "string" },
        root: { type: "string", default: "." },
        config: { type: "string" },
        fresh: { type: "boolean", default: false },
        inspect: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const { fresh, inspect, help, "aws-dynamodb": dynamodb } = values;
    // 4566 is the port of most endpoints that can be given.
    const gatewayDefault = values.aws === undefined ? "4566" : "4567";
    const root = resolve(values.root);
    const dataDir = resolve(values.data ?? join(root, ".local"));
    return {
      port: portOf("--port", values.port),
      gatewayPort: portOf("--gateway-port", values["gateway-port"] ?? process.env.GATEWAY_PORT ?? gatewayDefault),
      aws: {
        ...(values.aws === undefined ? {} : { all: checkEndpointUrl("--aws", values.aws) }),
        ...(dynamodb === undefined ? {} : { dynamodb: checkEndpointUrl("--aws-dynamodb", dynamodb) }),
      },
      root,
      dataDir,
      config: values.config === undefined ? undefined : resolve(values.config),
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

async function summary({ state, functions }: System, { examples }: LocalConfig, tookMs: number): Promise<string> {
  const pids = [
    process.pid,
    ...state.pids.mysql,
    ...[...functions.values()].flatMap((fn) => fn.environments().map(({ pid }) => pid)),
  ];
  const memory = (await Promise.all(pids.map(residentMb))).reduce<number>((sum, mb) => sum + (mb ?? 0), 0);
  const apis = Object.entries(state.apis).map(([name, url]) => line(name, url));
  const databases = Object.entries(state.databases).map(([name, url]) => line(`MySQL ${name}`, url));
  return `
${styleText(["bold", "green"], "Ready")} in ${(tookMs / 1000).toFixed(1)} s, ${Math.round(memory)} MB in ${pids.length} processes

${apis.join("\n")}
${line("AWS calls", `${state.gateway.url}   meter: ${state.gateway.url}/_local/meter`)}
${databases.join("\n")}
${line("Logs", `here, and whole in ${state.logFile}: npm run logs -- --help`)}
${examples === undefined ? "" : `\n${examples(state.apis)}\n`}`;
}

function line(name: string, value: string): string {
  return `  ${name.padEnd(10)} ${value}`;
}
