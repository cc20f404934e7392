import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { Graph } from "../graph.ts";

/** More than the stages and settings anyone works with at a time. */
const keptEntries = 24;

/** A folder of an evaluation that was killed; a younger one may belong to one that runs. */
const staleAfterMs = 60 * 60_000;

interface Entry {
  /** Hash of every file the graph was made from, by its path in the repository. */
  files: Record<string, string>;
  graph: Graph;
}

/**
 * Graphs by content, in `.sst/graph`: what is found there is what an evaluation would give.
 *
 * An entry is for one stage, environment, SST version and version of this package. It holds as long as sst.config.ts,
 * every own file bundled with it, all other files in those files' folders (they may be read at run time, as migrations
 * are), what functions ship beside their code, and the lock file stay the same.
 *
 * @param of everything but files that the graph depends on; environment values are only stored as part of a hash
 */
export async function openCache(root: string, of: Record<string, unknown>) {
  const folder = join(root, ".sst/graph");
  const key = digest(JSON.stringify([of, await ownSources()])).slice(0, 32);
  const file = join(folder, `${key}.json`);

  async function find(): Promise<Graph | undefined> {
    const entry = await read(file);
    if (!entry) return undefined;
    const current = await hashFiles(root, await withFolders(root, Object.keys(entry.files)));
    if (JSON.stringify(current) !== JSON.stringify(entry.files)) return undefined;
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
    return entry.graph;
  }

  /**
   * Keeps a graph, unless a file it was made from changed in the meantime.
   *
   * @param inputs absolute paths of the files it was made from
   * @param since when making it began, in milliseconds since 1970
   */
  async function keep(graph: Graph, inputs: string[], since: number): Promise<void> {
    const shipped = graph.functions.flatMap((fn) => fn.build.copyFiles.map(({ from }) => join(root, from)));
    const listed = (await Promise.all(shipped.map(filesUnder))).flat();
    const surroundings = ["pnpm-lock.yaml", "tsconfig.json", ".sst/provider-lock.json"].map((name) => join(root, name));
    const paths = [...inputs, ...listed, ...surroundings].map((path) => relative(root, resolve(root, path)));
    const all = await withFolders(root, paths);
    if (await anyChanged(root, all, since)) return;
    const files = await hashFiles(root, all);
    await mkdir(folder, { recursive: true });
    const draft = join(folder, `${key}.${randomUUID()}.tmp`);
    // Links may hold passwords that were given by environment.
    await writeFile(draft, JSON.stringify({ files, graph } satisfies Entry), { mode: 0o600 });
    await rename(draft, file);
    await prune(folder);
  }

  return { find, keep };
}

async function read(file: string): Promise<Entry | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Entry;
  } catch {
    return undefined;
  }
}

/** The given files and all others in their folders, so that a new file is seen, too; sorted. */
async function withFolders(root: string, paths: string[]): Promise<string[]> {
  const folders = new Set(paths.map((path) => dirname(path)).filter((folder) => folder !== "." && folder !== ".sst"));
  const outermost = [...folders].filter((folder) => ![...folders].some((other) => folder.startsWith(`${other}/`)));
  const found = (await Promise.all(outermost.map((folder) => filesUnder(join(root, folder))))).flat();
  return [...new Set([...paths, ...found.map((path) => relative(root, path))])].sort();
}

async function filesUnder(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) return existsSync(path) ? [path] : [];
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function anyChanged(root: string, paths: string[], since: number): Promise<boolean> {
  const times = paths.map(async (path) => (await stat(join(root, path)).catch(() => undefined))?.ctimeMs ?? 0);
  return (await Promise.all(times)).some((time) => time >= since);
}

async function hashFiles(root: string, paths: string[]): Promise<Record<string, string>> {
  const hashes = paths.map(async (path) => {
    const content = await readFile(join(root, path)).catch(() => undefined);
    return [path, content ? digest(content) : "none"] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}

/** A change to this package can change the graph, but for what only looks at it. */
async function ownSources(): Promise<string> {
  const sources = dirname(import.meta.dirname);
  const looking = /\.test\.ts$|\/(rule|reach|text)\//;
  const files = (await filesUnder(sources)).filter((file) => !looking.test(file.slice(sources.length))).sort();
  return digest(JSON.stringify(await hashFiles("/", files)));
}

async function prune(folder: string): Promise<void> {
  const entries = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name);
      return { path, time: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0, isEntry: name.endsWith(".json") };
    }),
  );
  const old = entries
    .filter(({ isEntry }) => isEntry)
    .sort((a, b) => b.time - a.time)
    .slice(keptEntries);
  const left = entries.filter(({ isEntry, time }) => !isEntry && Date.now() - time > staleAfterMs);
  await Promise.all([...old, ...left].map(({ path }) => rm(path, { recursive: true, force: true })));
}

function digest(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
