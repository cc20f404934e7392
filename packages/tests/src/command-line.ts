import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/**
 * Reads the command line of a suite. Ends the process after `--help`, or when it is wrong (exit status 2).
 *
 * @param takesFiles whether it names the files to run, too
 */
export function readCommandLine<const Options extends ParseArgsOptionsConfig>(
  usage: string,
  options: Options,
  takesFiles = false,
) {
  try {
    const help = { help: { type: "boolean" } } as const;
    const { values, positionals } = parseArgs({ options: { ...options, ...help }, allowPositionals: takesFiles });
    if (!("help" in values)) return { values, files: positionals };
    console.log(usage);
    return process.exit(0);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error), usage);
  }
}

/** Says what is wrong with a command line, and ends the process. */
export function refuse(message: string, usage: string): never {
  console.error(`${message}\n${usage}`);
  process.exit(2);
}
