import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { GraphConfig } from "../config.ts";
import { evaluate } from "../evaluate/evaluate.ts";
import type { Graph } from "../graph.ts";
import { observedCalls, reachTable } from "../reach/table.ts";
import { rulesPage } from "../rule/page.ts";
import { pictureOf } from "./picture.ts";
import { typesOf } from "./types.ts";

/** The files that are made from sst.config.ts, whole or in part, and committed. */
export function generatedFiles({ reach }: GraphConfig): string[] {
  return ["sst-env.d.ts", "docs/graph.md", "docs/rules.md", ...(reach ? [reach.page] : [])];
}

/**
 * What they must hold, by path. Made for stage `production` and without `.env` or the shell's variables: they must not
 * depend on who makes them.
 */
async function generated(
  root: string,
  { reach }: GraphConfig,
  onProgress?: (message: string) => void,
): Promise<Record<string, string>> {
  const graph = await evaluate({
    root,
    stage: "production",
    dev: false,
    ambient: false,
    ...(onProgress ? { onProgress } : {}),
  });
  return {
    "sst-env.d.ts": typesOf(graph.links),
    "docs/graph.md": pictureOf(graph),
    "docs/rules.md": rulesPage(),
    ...(reach ? { [reach.page]: await reachPage(root, reach, graph) } : {}),
  };
}

async function reachPage(
  root: string,
  { calls, page }: NonNullable<GraphConfig["reach"]>,
  graph: Graph,
): Promise<string> {
  const table = reachTable(graph, await observedCalls(join(root, calls)));
  return withSection((await current(root, page)) ?? "", page, "reach", table);
}

/**
 * A page with what stands between its markers replaced.
 *
 * @throws Error when the page has no markers: it would never be up to date
 */
function withSection(page: string, path: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: made by \`npm run graph -- --write\` -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${path} needs the lines ${begin} and ${end}.`);
  return `${page.slice(0, from + begin.length)}\n\n${content}\n\n${page.slice(to)}`;
}

/** Writes what is out of date and returns the paths of it. */
export async function writeGenerated(
  root: string,
  config: GraphConfig,
  onProgress?: (message: string) => void,
): Promise<string[]> {
  const written: string[] = [];
  for (const [path, content] of Object.entries(await generated(root, config, onProgress))) {
    if ((await current(root, path)) === content) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
    written.push(path);
  }
  return written;
}

/** @returns one line for every file that is not what sst.config.ts makes it; none when all are */
export async function checkGenerated(
  root: string,
  config: GraphConfig,
  onProgress?: (message: string) => void,
): Promise<string[]> {
  const drifted: string[] = [];
  for (const [path, content] of Object.entries(await generated(root, config, onProgress))) {
    const found = await current(root, path);
    if (found === undefined) drifted.push(`${path} is missing.`);
    else if (found !== content) drifted.push(`${path} is out of date: ${firstDifference(found, content)}`);
  }
  return drifted;
}

async function current(root: string, path: string): Promise<string | undefined> {
  return readFile(join(root, path), "utf8").catch(() => undefined);
}

function firstDifference(found: string, wanted: string): string {
  const [a, b] = [found.split("\n"), wanted.split("\n")];
  const line = a.findIndex((text, index) => text !== b[index]);
  const at = line === -1 ? a.length : line;
  return `line ${at + 1} is ${JSON.stringify(a[at] ?? "")}, should be ${JSON.stringify(b[at] ?? "")}.`;
}
