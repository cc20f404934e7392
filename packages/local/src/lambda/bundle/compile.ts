import path from "node:path";
import { withEsbuild } from "@appointments/graph/esbuild";
import { type BuildOptions, build, type Metafile } from "esbuild";

/** One entry to compile, and how. */
export interface Compilation {
  /** Absolute path of the source file. */
  entry: string;
  /** Without entry points and output names. */
  options: BuildOptions & { absWorkingDir: string };
  /** Compilations with the same key have the same options. */
  key: string;
}

export interface Compiled {
  /** Names relative to the task root. */
  files: { name: string; contents: Uint8Array }[];
  /** Absolute paths of all source files that the entry reaches. */
  inputs: string[];
  /** Packages that were left out of the bundle. */
  externals: string[];
}

/** What is asked for within this time is compiled together: functions share most of their code. */
const batchMs = 20;

/** By entry. */
type Batch = Map<string, PromiseWithResolvers<Compiled>>;

const batches = new Map<string, Batch>();

/**
 * Compiles one entry. Those that are asked for at about the same time with the same options share one run, which is
 * several times cheaper than one run each; an incremental run saves less than a second run costs, and keeps the memory.
 *
 * @throws esbuild's BuildFailure, with the faults of this entry only
 */
export function compile({ entry, options, key }: Compilation): Promise<Compiled> {
  let batch = batches.get(key);
  if (batch === undefined) {
    const started: Batch = new Map();
    batch = started;
    batches.set(key, started);
    setTimeout(() => {
      batches.delete(key);
      void runBatch(options, started);
    }, batchMs);
  }
  const known = batch.get(entry);
  if (known !== undefined) return known.promise;
  const result = Promise.withResolvers<Compiled>();
  batch.set(entry, result);
  return result.promise;
}

async function runBatch(options: Compilation["options"], batch: Batch): Promise<void> {
  try {
    const results = await compileAll(options, [...batch.keys()]);
    for (const [entry, { resolve }] of batch) resolve(results.get(entry) ?? { files: [], inputs: [], externals: [] });
  } catch (error) {
    if (batch.size === 1) for (const { reject } of batch.values()) reject(error);
    // One that is broken must not take the others with it.
    else await Promise.all([...batch].map((single) => runBatch(options, new Map([single]))));
  }
}

async function compileAll(options: Compilation["options"], files: string[]): Promise<Map<string, Compiled>> {
  const root = options.absWorkingDir;
  // Nothing is written there; it only gives the outputs their names.
  const outdir = path.join(root, ".local");
  const { outputFiles = [], metafile } = await withEsbuild(() =>
    build({
      ...options,
      outdir,
      entryPoints: files.map((file, index) => ({ in: file, out: `${index}/bundle` })),
      ...(options.splitting === true && { chunkNames: "0/[name]-[hash]" }),
    }),
  );
  const results = new Map<string, Compiled>();
  for (const [index, file] of files.entries()) {
    const folder = path.join(outdir, String(index)) + path.sep;
    const own = outputFiles.filter((output) => output.path.startsWith(folder));
    results.set(file, {
      files: own.map((output) => ({ name: output.path.slice(folder.length), contents: output.contents })),
      ...reach(metafile?.inputs ?? {}, path.relative(root, file), root),
    });
  }
  return results;
}

/** Everything that an entry imports, however far away. */
function reach(inputs: Metafile["inputs"], entry: string, root: string): Pick<Compiled, "inputs" | "externals"> {
  const seen = new Set([entry.split(path.sep).join("/")]);
  const externals = new Set<string>();
  for (const file of seen) {
    for (const { path: imported, external } of inputs[file]?.imports ?? []) {
      if (external === true) externals.add(imported);
      else seen.add(imported);
    }
  }
  const sources = [...seen].filter((file) => !file.startsWith("(disabled):"));
  return { inputs: sources.map((file) => path.resolve(root, file)), externals: [...externals] };
}
