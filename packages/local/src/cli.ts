import { existsSync } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { styleText } from "node:util";
import { readSettings, usage } from "./cli/settings.ts";
import { summary } from "./cli/summary.ts";
import { readConfig } from "./config.ts";
import { stopLeftOver } from "./mysql/mysql.ts";
import { killChildren } from "./process/process.ts";
import { takeStopSignals } from "./process/signal.ts";
import { openLog } from "./system/log.ts";
import { showProgress } from "./system/run.ts";
import { readState } from "./system/state.ts";
import { type System, startSystem } from "./system/system.ts";

/** How long a start that is stopped may take to clean up after itself, in milliseconds; nothing was accepted yet. */
const abandonMs = 1_500;

const print = (line: string) => process.stdout.write(`${line}\n`);

// The terminal was closed, or `head` has enough: what is said then is in the log.
process.stdout.on("error", () => {});

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(
    `\n${styleText("red", "npm start:")} ${error instanceof Error ? error.message : String(error)}\n`,
  );
  return 1;
});

async function main(): Promise<number> {
  let settings: ReturnType<typeof readSettings>;
  try {
    settings = readSettings();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}\n`);
    return 2;
  }
  if (settings.help) {
    print(usage);
    return 0;
  }
  return run(settings);
}

async function run(settings: ReturnType<typeof readSettings>): Promise<number> {
  const { dataDir, root } = settings;
  const { asked, insisted } = takeStopSignals();
  void insisted.then(async (signal) => {
    print(`\n${signal} again: ending everything at once.`);
    await killChildren();
    process.exit(130);
  });
  const config = await readConfig(settings.config);
  const startedAt = performance.now();
  const running = await readState(dataDir);
  if (running)
    throw new Error(`It is running already (pid ${running.pid}, ${Object.values(running.apis).join(", ")}).`);
  if (settings.fresh) await forget(dataDir);
  // Earlier versions let others look into it. A folder that the user chose is the user's.
  if (basename(dataDir) === ".local" && existsSync(dataDir)) await chmod(dataDir, 0o700);

  const abort = new AbortController();
  // What a start that is abandoned still has to say is for the file.
  const { log, close } = openLog(join(dataDir, "log.jsonl"), (line) => {
    if (!abort.signal.aborted) print(line);
  });
  const failed = Promise.withResolvers<string>();
  process.on("uncaughtException", (error) => failed.resolve(error.stack ?? error.message));

  print(`${styleText("bold", config.title ?? basename(root))} · starting from sst.config.ts\n`);
  const starting = startSystem({
    ...settings,
    config,
    watch: true,
    log,
    progress: showProgress(print, abort.signal),
    signal: abort.signal,
    onFailure: failed.resolve,
  });
  const early = await Promise.race([starting, asked, failed.promise]);
  if (typeof early === "string") {
    print(`\n${early}: stopping …`);
    abort.abort();
    await abandon(starting);
    await close();
    print("Stopped.");
    // Part of the start may go on: nothing waits for it.
    process.exit(early.startsWith("SIG") ? 0 : 1);
  }
  let clean = false;
  try {
    print(await summary(early, config, performance.now() - startedAt, settings.ownData));
    const why = await Promise.race([asked, failed.promise]);
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

/** Lets a start clean up after itself, then ends what it has started. */
async function abandon(starting: Promise<System>): Promise<void> {
  const cleaned = starting.then(
    (system) => system.stop(),
    () => {},
  );
  await Promise.race([cleaned, sleep(abandonMs)]);
  await killChildren();
}

/** Only what a start makes: the folder may be one that the user chose, with other things in it. */
async function forget(dataDir: string): Promise<void> {
  await stopLeftOver(join(dataDir, "mysql"));
  for (const name of [
    "aws",
    "functions",
    "issuer.json",
    "log.jsonl",
    "log.old.jsonl",
    "mysql",
    "passwords.json",
    "system.json",
  ]) {
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
}
