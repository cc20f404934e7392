import { existsSync, watch } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type LocalConfig, readConfig } from "./config.ts";
import { formatEntry, type LogEntry } from "./system/log.ts";

const usage = ({
  logOptions = {},
}: LocalConfig) => `npm run logs [-- options]       what the local system logged, one line an event

${Object.entries(logOptions)
  .map(([name, { help }]) => `  --${`${name} VALUE`.padEnd(16)} ${help}\n`)
  .join("")}  --source NAME      only what this function or part said
  --follow           go on with what comes
  --json             the entries as they are, one JSON object a line
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
  const file = resolve(options.data, "log.jsonl");
  if (!existsSync(file)) {
    process.stderr.write(`Nothing was logged yet: ${file} is not there. Run npm start first.\n`);
    return 1;
  }
  const wanted = (entry: LogEntry) =>
    options.fields.every(({ field, value }) => entry[field] === value) &&
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
  const fields = Object.entries(logOptions).flatMap(([name, { field }]) =>
    chosen[name] === undefined ? [] : [{ field, value: chosen[name] }],
  );
  return { ...values, fields };
}
