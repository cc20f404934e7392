import { existsSync, watch } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type LocalConfig, readConfig } from "./config.ts";
import { formatEntry, type LogEntry, namesId } from "./system/line.ts";
import { olderLog } from "./system/log.ts";

const usage = ({
  logOptions = {},
}: LocalConfig) => `npm run logs [-- options]       what the local system logged, one line an event

${Object.entries(logOptions)
  .map(([name, { help }]) => `  --${`${name} VALUE`.padEnd(16)} ${help}\n`)
  .join("")}  --source NAME      only what this function or part said
  --follow           go on with what comes
  --json             the entries whole, with full ids and stacks, one JSON object a line
  --data FOLDER      state of the local system (default .local)
  --help             this text`;

// A reader that has enough, as `head`, closes the pipe: nothing more is wanted then.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await main();

async function main(): Promise<number> {
  const config = await readConfig(configFile());
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(config);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage(config)}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(`${usage(config)}\n`);
    return 0;
  }
  return show(resolve(options.data, "log.jsonl"), options);
}

async function show(file: string, { follow, json, fields, source }: ReturnType<typeof readOptions>): Promise<number> {
  if (!existsSync(file)) {
    process.stderr.write(`Nothing was logged yet: ${file} is not there. Run npm start first.\n`);
    return 1;
  }
  const sources = new Set<string>();
  let shown = 0;
  const each = (line: string) => {
    const entry: LogEntry = JSON.parse(line);
    sources.add(entry.source);
    if (source !== undefined && entry.source !== source) return;
    if (!fields.every(({ field, value }) => namesId(value, entry[field]))) return;
    shown++;
    process.stdout.write(`${json ? line : formatEntry(entry)}\n`);
  };
  if (existsSync(olderLog(file))) await (await openLines(olderLog(file), each)).close();
  const current = await openLines(file, each);
  if (shown === 0 && !follow) {
    const wanted = [
      ...(source === undefined ? [] : [`source ${source}`]),
      ...fields.map(({ name, value }) => `${name} ${value}`),
    ];
    process.stderr.write(
      `Nothing was logged of ${wanted.join(" and ")}. Sources: ${[...sources].sort().join(", ")}.\n`,
    );
  }
  if (follow) await followLines(file, current, each);
  else await current.close();
  return shown === 0 && !follow ? 1 : 0;
}

interface Lines {
  /** Reads what has come since. */
  readOn: () => Promise<void>;
  close: () => Promise<void>;
}

/** Reads the lines that are in a file, and stays ready for those that come. */
async function openLines(file: string, each: (line: string) => void): Promise<Lines> {
  const handle = await open(file);
  const decoder = new TextDecoder();
  let rest = "";
  const readOn = async () => {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(64 * 1024));
      if (bytesRead === 0) return;
      const lines = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) each(line);
    }
  };
  await readOn();
  return { readOn, close: () => handle.close() };
}

/** Until Ctrl-C, also when the file gives way to a new one. */
async function followLines(file: string, lines: Lines, each: (line: string) => void): Promise<void> {
  let current = lines;
  let reading = Promise.resolve();
  const watcher = watch(dirname(file), (event, name) => {
    if (name !== basename(file)) return;
    reading = reading.then(async () => {
      await current.readOn();
      if (event !== "rename" || !existsSync(file)) return;
      await current.close();
      current = await openLines(file, each);
    });
  });
  await new Promise<void>((done) => process.once("SIGINT", done));
  watcher.close();
  await reading;
  await current.close();
}

/** Read ahead of all other options: it adds to them. */
function configFile(): string | undefined {
  const { values } = parseArgs({ options: { config: { type: "string" } }, strict: false });
  return typeof values.config === "string" ? resolve(values.config) : undefined;
}

function readOptions({ logOptions = {} }: LocalConfig) {
  const selecting = Object.fromEntries(Object.keys(logOptions).map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({
    options: {
      ...selecting,
      config: { type: "string" },
      source: { type: "string" },
      follow: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      data: { type: "string", default: ".local" },
      help: { type: "boolean", default: false },
    },
  });
  const chosen: Record<string, unknown> = values;
  const fields = Object.entries(logOptions).flatMap(([name, { field }]) => {
    const value = chosen[name];
    return typeof value === "string" ? [{ name, field, value }] : [];
  });
  return { ...values, fields };
}
