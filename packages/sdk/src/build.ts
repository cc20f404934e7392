import { execFileSync } from "node:child_process";
import { glob, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "esbuild";

/*
 * Makes what the package consists of, `dist`: one module for every platform, readable, and its types. `npm pack` runs it.
 */

const here = resolve(import.meta.dirname, "..");
const dist = join(here, "dist");

/** A file of `src` with everything that it imports, as one module. */
export async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    format: "esm",
    platform: "neutral",
    // Node 20, and browsers of its time.
    target: "es2022",
    legalComments: "none",
    write: false,
  });
  return outputFiles.map(({ text }) => text).join("");
}

async function make(): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  // TypeScript 5, which consumers have as well; the repository's own types are checked by 7.
  execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "-p", here], { stdio: "inherit" });
  // A consumer has no .ts file, and not every tool finds the .d.ts beside it.
  for await (const file of glob(join(dist, "**/*.d.ts"))) {
    const types = await readFile(file, "utf8");
    await writeFile(file, types.replace(/(?<=(?:from |import\()"\.[^"]*)\.ts(?=")/g, ".js"));
  }
  await writeFile(join(dist, "index.js"), await bundle("index.ts"));
}

if (import.meta.main) await make();
