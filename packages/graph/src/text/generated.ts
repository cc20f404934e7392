import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { evaluate } from "../evaluate/evaluate.ts";
import { observedCalls, reachTable } from "../reach/table.ts";
import { rulesPage } from "../rule/page.ts";
import { pictureOf } from "./picture.ts";
import { typesOf } from "./types.ts";

/** The files that are made from sst.config.ts, whole or in part, and committed. */
export const generatedFiles = ["sst-env.d.ts", "docs/graph.md", "docs/rules.md", "docs/architecture.md"] as const;

/**
 * What they must hold, by path. Made for stage `production` and without `.env` or the shell's variables: they must not
 * depend on who makes them.
 */
async function generated(
  root: string,
  onProgress?: (message: string) => void,
): Promise<Record<(typeof generatedFiles)[number], string>> {
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
    "docs/architecture.md": withSection(
      (await current(root, "docs/architecture.md")) ?? "",
      "reach",
      reachTable(graph, await observedCalls()),
    ),
  };
}

/**
 * A page with what stands between its markers replaced.
 *
 * @throws Error when the page has no markers: it would never be up to date
 */
function withSection(page: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: made by \`npm run graph -- --write\` -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`docs/architecture.md needs the lines ${begin} and ${end}.`);
  return `${page.slice(0, from + begin.length)}\n\n${content}\n\n${page.slice(to)}`;
}

/** Writes what is out of date and returns the paths of it. */
export async function writeGenerated(root: string, onProgress?: (message: string) => void): Promise<string[]> {
  const written: string[] = [];
  for (const [path, content] of Object.entries(await generated(root, onProgress))) {
    if ((await current(root, path)) === content) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
    written.push(path);
  }
  return written;
}

/** @returns one line for every file that is not what sst.config.ts makes it; none when all are */
export async function checkGenerated(root: string, onProgress?: (message: string) => void): Promise<string[]> {
  const drifted: string[] = [];
  for (const [path, content] of Object.entries(await generated(root, onProgress))) {
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
