import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Graph, GraphFunction } from "@appointments/graph/graph";
import { compile } from "../lambda/bundle/compile.ts";
import { bundleOptions, handlerFile, type Replacements } from "../lambda/bundle/options.ts";
import type { FunctionLog } from "../lambda/log.ts";

/** `file:line:column` of a stack frame in a bundle. */
const frame = /((?:file:\/\/)?\/[^():\s]+\.m?js):(\d+):(\d+)/g;

/** Turns the frames of a log line into those of the sources. */
export type TraceMapper = (line: FunctionLog) => Promise<FunctionLog>;

/** Whether a log line has frames of a bundle below this folder. */
export const hasFrames = (line: FunctionLog, functionsDir: string): boolean => {
  const text = JSON.stringify(line);
  return text.includes(functionsDir) && text.search(frame) !== -1;
};

/**
 * Maps stack traces to the sources, although the bundles, as on AWS, have no source maps: when the first trace comes, its bundle is
 * compiled once more, with one. If the sources have changed since, the trace stays as it is.
 *
 * @param functionsDir holds the bundles: `<function>/<hash of the content>/bundle.mjs`
 */
export function createTraceMapper(
  { functions }: Graph,
  root: string,
  functionsDir: string,
  replacements: Replacements = new Map(),
): TraceMapper {
  const maps = new Map<string, Promise<SourceMap | undefined>>();
  const mapOf = (file: string) => {
    const known = maps.get(file);
    if (known !== undefined) return known;
    const fn = functions.find(({ name }) => name === relative(functionsDir, file).split("/")[0]);
    const made = fn === undefined ? Promise.resolve(undefined) : compileMap(fn, root, file, replacements);
    maps.set(file, made);
    return made;
  };
  return async (line) => {
    const text = JSON.stringify(line);
    const files = new Set([...text.matchAll(frame)].map(([, file = ""]) => pathOf(file)));
    const found = new Map<string, SourceMap>();
    for (const file of files) {
      const map = file.startsWith(functionsDir) ? await mapOf(file) : undefined;
      if (map !== undefined) found.set(file, map);
    }
    if (found.size === 0) return line;
    const mapped = text.replace(frame, (whole, file: string, row: string, column: string) => {
      const origin = found.get(pathOf(file))?.findOrigin(Number(row), Number(column));
      if (origin === undefined || !("fileName" in origin)) return whole;
      // Names in the map are relative to where esbuild would have written the bundle.
      const source = relative(root, resolve(root, ".local/0", origin.fileName));
      return `${source}:${origin.lineNumber}:${origin.columnNumber}`;
    });
    return JSON.parse(mapped) as FunctionLog; // what it was, but for the frames
  };
}

async function compileMap(
  fn: GraphFunction,
  root: string,
  file: string,
  replacements: Replacements,
): Promise<SourceMap | undefined> {
  const entry = handlerFile(root, fn.handler);
  if (entry === undefined || fn.build.bundle !== undefined) return undefined;
  try {
    const options = { ...(await bundleOptions(fn, root, false, replacements)), sourcemap: "external" as const };
    const { files } = await compile({ entry, key: `trace ${entry}`, options });
    const contents = (name: string) => files.find((it) => it.name === name)?.contents;
    const name = relative(taskRootOf(file), file);
    const code = contents(name);
    const map = contents(`${name}.map`);
    if (code === undefined || map === undefined || !(await readFile(file)).equals(code)) return undefined;
    return new SourceMap(JSON.parse(Buffer.from(map).toString("utf8")));
  } catch {
    return undefined; // It does not build any more: the build says why.
  }
}

/** The folder of the bundle, named by twelve hexadecimal digits. */
function taskRootOf(file: string): string {
  let folder = dirname(file);
  while (!/^[0-9a-f]{12}$/.test(basename(folder)) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

const pathOf = (file: string): string => (file.startsWith("file://") ? fileURLToPath(file) : join(file));
