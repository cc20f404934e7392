import { existsSync, watch } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { formatEntry, type LogEntry } from "./system/log.ts";

const usage = `npm run logs [-- options]       what the local system logged, one line an event

  --appointment ID   only what is about this appointment
  --source NAME      only what this function or part said, e.g. appointmentPe
  --follow           go on with what comes
  --json             the entries as they are, one JSON object a line
  --data FOLDER      state of the local system (default .local)
  --help             this text`;

const root = resolve(fileURLToPath(import.meta.url), "../../../..");

process.exitCode = await main();

async function main(): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const file = resolve(options.data, "log.jsonl");
  if (!existsSync(file)) {
    process.stderr.write(`Nothing was logged yet: ${file} is not there. Run npm start first.\n`);
    return 1;
  }
  const wanted = (entry: LogEntry) =>
    (options.appointment === undefined || entry.appointmentId === options.appointment) &&
    (options.source === undefined || entry.source === options.source);

  const handle = await open(file);
  const decoder = new TextDecoder();
  let rest = "";
  const readOn = async () => {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(64 * 1024));
      if (bytesRead === 0) return;
      const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const entry: LogEntry = JSON.parse(line);
        if (wanted(entry)) process.stdout.write(`${options.json ? line : formatEntry(entry)}\n`);
      }
    }
  };
  await readOn();
  if (options.follow) {
    let reading = Promise.resolve();
    const watcher = watch(file, () => {
      reading = reading.then(readOn);
    });
    await new Promise<void>((done) => process.once("SIGINT", done));
    watcher.close();
    await reading;
  }
  await handle.close();
  return 0;
}

function readOptions() {
  return parseArgs({
    options: {
      appointment: { type: "string" },
      source: { type: "string" },
      follow: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      data: { type: "string", default: resolve(root, ".local") },
      help: { type: "boolean", default: false },
    },
  }).values;
}
