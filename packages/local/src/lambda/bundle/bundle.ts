import { execFile } from "node:child_process";
import { createHash, type Hash } from "node:crypto";
import { cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { GraphFunction } from "@appointments/graph/graph";
import type { Message } from "esbuild";
import { type Compiled, compile } from "./compile.ts";
import {
  bundleOptions,
  forcedExternals,
  handlerFile,
  installed,
  type NodejsProperties,
  type Replacements,
} from "./options.ts";

/** A function's code, laid out as Lambda would unpack it. */
export interface Bundle {
  /** What `LAMBDA_TASK_ROOT` is: a folder that nothing writes to once it is there. */
  taskRoot: string;
  /** `bundle.handler`. */
  handler: string;
  /** Size of the code, without source maps. */
  bytes: number;
}

/** The code does not build. `message` names file, line and text of each fault. */
export class BundleError extends Error {
  override name = "BundleError";
}

/**
 * Bundles one function as SST would for AWS.
 *
 * Every build goes to a folder of its own, named by its content, so that an environment that still runs the last
 * build can load the rest of it.
 *
 * @param root - the repository, which handlers and `copyFiles` are relative to
 * @param outDir - gets a folder per function
 * @param debug - make source maps, whatever the function says
 * @param replacements - modules that stand in for others; read at each build
 */
export function createBundler(
  fn: GraphFunction,
  root: string,
  outDir: string,
  debug = false,
  replacements: Replacements = new Map(),
) {
  const folder = path.join(outDir, fn.name);
  const copied = fn.build.copyFiles.map(({ from }) => path.resolve(root, from));
  let inputs: string[] = [];

  async function compileHandler(): Promise<Compiled> {
    const entry = handlerFile(root, fn.handler);
    if (entry === undefined) throw new BundleError(`${fn.handler}: no such file in ${root}`);
    const { nodejs } = fn.build;
    const alone = nodejs.splitting === true ? entry : "";
    const key = JSON.stringify([root, debug, [...replacements], fn.runtime, nodejs, alone]);
    try {
      const options = await bundleOptions(fn, root, debug, new Map(replacements));
      const compiled = await compile({ entry, key, options });
      inputs = [...compiled.inputs, ...copied];
      return compiled;
    } catch (error) {
      const faulty = messages(error).flatMap(({ location }) => (location === null ? [] : [location.file]));
      inputs = [...new Set([...inputs, entry, ...faulty.map((file) => path.resolve(root, file))])];
      throw new BundleError(describe(error), { cause: error });
    }
  }

  async function copyGiven(source: string): Promise<string> {
    inputs = [source, ...copied];
    const taskRoot = path.join(folder, await contentHash(inputs));
    await cp(source, taskRoot, { recursive: true });
    return taskRoot;
  }

  async function writeCompiled({ files, externals }: Compiled): Promise<string> {
    const taskRoot = path.join(folder, await contentHash(copied, files));
    await mkdir(taskRoot, { recursive: true });
    for (const { name, contents } of files) await writeFile(path.join(taskRoot, name), contents);
    await installPackages(packages(fn, externals), path.dirname(path.join(root, fn.handler)), root, taskRoot);
    return taskRoot;
  }

  return {
    /**
     * Builds what the sources are now.
     *
     * @throws BundleError
     */
    async build(): Promise<Bundle> {
      const given = fn.build.bundle;
      const compiled = given === undefined ? await compileHandler() : undefined;
      const taskRoot =
        compiled === undefined ? await copyGiven(path.resolve(root, given ?? "")) : await writeCompiled(compiled);
      await copyFiles(fn, root, taskRoot);
      const code = (compiled?.files ?? []).filter(({ name }) => !name.endsWith(".map"));
      return {
        taskRoot,
        handler: compiled === undefined ? fn.handler : `bundle${path.extname(fn.handler)}`,
        bytes: code.reduce((sum, { contents }) => sum + contents.byteLength, 0),
      };
    },
    /** Absolute paths of the files and folders that the last build read, also when it failed. */
    inputs: () => inputs,
  };
}

/** SST installs what the function asks for, and native packages that are really imported. */
function packages(fn: GraphFunction, externals: string[]): Record<string, string> {
  const native = forcedExternals.filter((name) => externals.includes(name));
  return {
    ...Object.fromEntries(native.map((name) => [name, "*"])),
    ...installed(fn.build.nodejs as NodejsProperties),
  };
}

/** Names a bundle by its content; what is copied is part of it, so a new migration is a new bundle. */
async function contentHash(sources: string[], files: Compiled["files"] = []): Promise<string> {
  const hash = createHash("sha256");
  for (const { name, contents } of files) hash.update(name).update(contents);
  for (const source of sources) await hashFiles(hash, source);
  return hash.digest("hex").slice(0, 12);
}

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

const run = promisify(execFile);
const timeoutMs = 120_000;

/**
 * Installs packages into a task root with npm, as SST does, but for this machine's platform.
 *
 * @param packages - name → version range; `*` means the one in the nearest package.json
 * @param from - where the search for that package.json begins, going up to `root`
 */
async function installPackages(
  packages: Record<string, string>,
  from: string,
  root: string,
  taskRoot: string,
): Promise<void> {
  if (Object.keys(packages).length === 0) return;
  const known = await nearestDependencies(from, root);
  const dependencies = Object.fromEntries(
    Object.entries(packages).map(([name, range]) => [name, range === "*" ? (known[name] ?? "*") : range]),
  );
  const manifest = JSON.stringify({ dependencies });
  const file = path.join(taskRoot, "package.json");
  if ((await readFile(file, "utf8").catch(() => "")) === manifest) return;
  const specs = Object.entries(dependencies).map(([name, range]) => `${name}@${range}`);
  const args = ["install", "--force", "--no-audit", "--no-fund", "--prefix", taskRoot, ...specs];
  await run("npm", args, { cwd: taskRoot, timeout: timeoutMs });
  // Last, so that an installation that broke off is begun again.
  await writeFile(file, manifest);
}

async function nearestDependencies(from: string, root: string): Promise<Record<string, string>> {
  const text = await readFile(path.join(from, "package.json"), "utf8").catch(() => undefined);
  if (text !== undefined) {
    const manifest: { dependencies?: Record<string, string> } = JSON.parse(text);
    return manifest.dependencies ?? {};
  }
  const parent = path.dirname(from);
  return from === root || parent === from ? {} : nearestDependencies(parent, root);
}
