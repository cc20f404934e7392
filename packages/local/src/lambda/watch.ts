import { once } from "node:events";
import path from "node:path";
import { watch } from "chokidar";
import type { LocalFunction } from "./function.ts";
import type { FunctionLogWriter } from "./log.ts";

/** Editors write a file in several steps. */
const settleMs = 50;

/**
 * Rebuilds the functions that a changed file belongs to, well within a second, and logs one line for each. A function
 * that does not build is tried again at every change, for the missing part may be a file it does not know yet.
 *
 * @param root - the repository
 */
export function watchFunctions(functions: LocalFunction[], root: string, log: FunctionLogWriter) {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let rebuilding = Promise.resolve();

  const watcher = watch(folders(functions), {
    ignoreInitial: true,
    // Only below the repository, which may itself lie in a folder with such a name.
    ignored: (file) => /(^|[/\\])(node_modules|\.\w+)([/\\]|$)/.test(path.relative(root, file)),
  });
  watcher.on("all", (_, file) => {
    changed.add(path.resolve(file));
    clearTimeout(timer);
    timer = setTimeout(() => {
      rebuilding = rebuilding.then(rebuild);
    }, settleMs);
  });

  async function rebuild(): Promise<void> {
    const files = [...changed];
    changed.clear();
    const affected = functions.filter(
      (fn) => fn.fault() !== undefined || fn.inputs().some((input) => isIn(files, input)),
    );
    await Promise.all(affected.map((fn) => reload(fn, log)));
    // A rebuild that is under way when the system stops ends with nothing to watch.
    if (!watcher.closed) watcher.add(folders(affected));
  }

  return {
    /** Resolves when changes are seen. */
    ready: once(watcher, "ready"),
    stop: async (): Promise<void> => {
      clearTimeout(timer);
      await watcher.close();
      await rebuilding;
    },
  };
}

export type Watcher = ReturnType<typeof watchFunctions>;

async function reload(fn: LocalFunction, log: FunctionLogWriter): Promise<void> {
  const started = performance.now();
  const before = fn.bundle();
  const line = (level: "INFO" | "ERROR", message: string) =>
    log({ timestamp: new Date().toISOString(), level, message, function: fn.name });
  try {
    const bundle = await fn.reload();
    const took = Math.round(performance.now() - started);
    if (bundle !== before) line("INFO", `${fn.name} reloaded in ${took} ms (${Math.round(bundle.bytes / 1024)} KB)`);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    line("ERROR", `${fn.name} does not build, the last version stays:\n${why}`);
  }
}

/** The folders of all inputs; packages are not watched, they change with an installation only. */
function folders(functions: LocalFunction[]): string[] {
  const inputs = functions
    .flatMap((fn) => fn.inputs())
    .filter((file) => !file.includes(`${path.sep}node_modules${path.sep}`));
  return [...new Set(inputs.map((file) => path.dirname(file)))];
}

/** Whether one of the files is the input, or lies in it when it is a folder. */
function isIn(files: string[], input: string): boolean {
  return files.some((file) => file === input || file.startsWith(input + path.sep));
}
