import { createHash, type Hash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { GraphFunction } from "@appointments/graph/graph";
import { type BuildContext, type BuildResult, context, type Message } from "esbuild";
import { bundleOptions, forcedExternals, handlerFile, installed, type NodejsProperties } from "./bundle.options.ts";
import { installPackages } from "./install.ts";

/** A function's code, laid out as Lambda would unpack it. */
export interface Bundle {
  /** What `LAMBDA_TASK_ROOT` is: a folder that nothing writes to once it is there. */
  taskRoot: string;
  /** `bundle.handler`. */
  handler: string;
  /** Size of the code, without source maps. */
  bytes: number;
  durationMs: number;
}

/** The code does not build. `message` names file, line and text of each fault. */
export class BundleError extends Error {
  override name = "BundleError";
}

export interface Bundler {
  /**
   * Builds what the sources are now; much faster the second time.
   *
   * @throws BundleError
   */
  build(): Promise<Bundle>;
  /** Absolute paths of the files that the last build read, also when it failed. */
  inputs(): string[];
  stop(): Promise<void>;
}

/**
 * Bundles one function as SST would for AWS.
 *
 * Every build goes to a folder of its own, named by its content, so that an environment that still runs the last
 * build can load the rest of it.
 *
 * @param root - the repository, which handlers and `copyFiles` are relative to
 * @param outDir - gets a folder per function
 */
export function createBundler(fn: GraphFunction, root: string, outDir: string): Bundler {
  const folder = path.join(outDir, fn.name);
  let building: BuildContext | undefined;
  let inputs: string[] = [];

  async function start(): Promise<BuildContext> {
    const entry = handlerFile(root, fn.handler);
    if (entry === undefined) throw new BundleError(`${fn.handler}: no such file in ${root}`);
    inputs = [entry];
    return context(await bundleOptions(fn, entry, root, folder));
  }

  async function compile(): Promise<BuildResult> {
    building ??= await start();
    try {
      return await building.rebuild();
    } catch (error) {
      const faulty = messages(error).flatMap(({ location }) => (location === null ? [] : [location.file]));
      inputs = [...new Set([...inputs, ...faulty.map((file) => path.resolve(root, file))])];
      throw new BundleError(describe(error), { cause: error });
    }
  }

  return {
    async build() {
      const started = performance.now();
      if (fn.build.bundle !== undefined) {
        const source = path.resolve(root, fn.build.bundle);
        const taskRoot = path.join(folder, "given");
        await rm(taskRoot, { recursive: true, force: true });
        await cp(source, taskRoot, { recursive: true });
        await copyFiles(fn, root, taskRoot);
        inputs = [source];
        return { taskRoot, handler: fn.handler, bytes: 0, durationMs: performance.now() - started };
      }
      const result = await compile();
      const files = result.outputFiles ?? [];
      const read = Object.keys(result.metafile?.inputs ?? {}).filter((file) => !file.includes(":"));
      const copied = fn.build.copyFiles.map(({ from }) => path.resolve(root, from));
      inputs = [...read.map((file) => path.resolve(root, file)), ...copied];
      const hash = createHash("sha256");
      for (const file of files) hash.update(file.path).update(file.contents);
      for (const folder of copied) await hashFiles(hash, folder);
      const taskRoot = path.join(folder, hash.digest("hex").slice(0, 12));
      await mkdir(taskRoot, { recursive: true });
      for (const file of files) await writeFile(path.join(taskRoot, path.relative(folder, file.path)), file.contents);
      await installPackages(packages(fn, result), path.dirname(inputs[0] ?? root), root, taskRoot);
      await copyFiles(fn, root, taskRoot);
      const code = files.filter((file) => !file.path.endsWith(".map"));
      return {
        taskRoot,
        handler: `bundle${path.extname(fn.handler)}`,
        bytes: code.reduce((sum, file) => sum + file.contents.byteLength, 0),
        durationMs: performance.now() - started,
      };
    },
    inputs: () => inputs,
    stop: async () => building?.dispose(),
  };
}

/** SST installs what the function asks for, and native packages that are really imported. */
function packages(fn: GraphFunction, result: BuildResult): Record<string, string> {
  const imports = Object.values(result.metafile?.inputs ?? {}).flatMap((input) => input.imports);
  const native = forcedExternals.filter((name) => imports.some((it) => it.external === true && it.path === name));
  return {
    ...Object.fromEntries(native.map((name) => [name, "*"])),
    ...installed(fn.build.nodejs as NodejsProperties),
  };
}

/** What is copied is part of the content too: a new migration is a new bundle. */
async function hashFiles(hash: Hash, source: string): Promise<void> {
  if (!(await stat(source)).isDirectory()) {
    hash.update(source).update(await readFile(source));
    return;
  }
  for (const name of (await readdir(source)).sort()) await hashFiles(hash, path.join(source, name));
}

async function copyFiles(fn: GraphFunction, root: string, taskRoot: string): Promise<void> {
  for (const { from, to } of fn.build.copyFiles) {
    const source = path.resolve(root, from);
    await cp(source, path.join(taskRoot, to ?? path.relative(root, source)), { recursive: true, force: true });
  }
}

function messages(error: unknown): Message[] {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors) ? error.errors : [];
}

function describe(error: unknown): string {
  const lines = messages(error).map(({ location, text }) =>
    location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`,
  );
  return lines.length === 0 ? String(error) : lines.join("\n");
}
