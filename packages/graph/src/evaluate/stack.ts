import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A stack trace in terms of the sources instead of the bundles.
 *
 * Done afterwards and only for errors: with Node's own source map support the evaluation takes half as long again, as
 * Pulumi makes a trace for every promise.
 *
 * @param bundles files with a `.map` beside them
 */
export async function mappedStack(stack: string, bundles: string[]): Promise<string> {
  let mapped = stack;
  for (const bundle of bundles) {
    const map = await readFile(`${bundle}.map`, "utf8").catch(() => undefined);
    if (!map) continue;
    const sources = new SourceMap(JSON.parse(map));
    mapped = mapped.replace(frame, (text, file: string, line: string, column: string) => {
      if (pathOf(file) !== bundle) return text;
      const origin = sources.findOrigin(Number(line), Number(column));
      if (!("fileName" in origin)) return text;
      return `${resolve(dirname(bundle), origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`;
    });
  }
  return mapped;
}

/** Where in the project's own files an error comes from: the first such frame, as `file:line:column` from the root. */
export function ownFrame(stack: string, root: string): string | undefined {
  for (const [, file = "", line, column] of stack.matchAll(frame)) {
    const path = relative(root, pathOf(file));
    const isOwn = !path.startsWith("..") && !path.split(sep).some((part) => part === ".sst" || part === "node_modules");
    if (isOwn && !pathOf(file).startsWith(dirname(import.meta.dirname))) return `${path}:${line}:${column}`;
  }
  return undefined;
}

const frame = /((?:file:\/\/)?\/[^():\s]+):(\d+):(\d+)/g;

function pathOf(file: string): string {
  return file.startsWith("file://") ? fileURLToPath(file) : file;
}
