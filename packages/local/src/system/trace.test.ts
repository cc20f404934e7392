import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Graph, GraphFunction } from "@appointments/graph/graph";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createBundler } from "../lambda/bundle/bundle.ts";
import type { FunctionLog } from "../lambda/log.ts";
import { createTraceMapper, hasFrames } from "./trace.ts";

const run = promisify(execFile);
let root: string;
let functionsDir: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "trace-")));
  functionsDir = join(root, ".local/functions");
  await mkdir(join(root, "src"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const fn = {
  name: "f",
  handler: "src/f.handler",
  runtime: "nodejs24.x",
  build: { nodejs: {}, copyFiles: [] },
} as unknown as GraphFunction;

const pack = `export function pack(): never {
  throw new TypeError("nothing to pack");
}
`;

/** Bundles two modules, runs them, and returns what the error's stack is as the function would log it. */
async function thrown(): Promise<FunctionLog> {
  await writeFile(join(root, "src/f.ts"), `import { pack } from "./pack.ts";\nexport const handler = () => pack();\n`);
  await writeFile(join(root, "src/pack.ts"), pack);
  const { taskRoot } = await createBundler(fn, root, functionsDir).build();
  const url = pathToFileURL(join(taskRoot, "bundle.mjs")).href;
  const script = `const { handler } = await import("${url}");
    try { handler(); } catch (error) { console.log(JSON.stringify(error.stack.split("\\n"))); }`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script]);
  return { timestamp: "", level: "ERROR", function: "f", message: "failed", stackTrace: JSON.parse(stdout) };
}

test("a trace names the lines of the sources", async () => {
  const line = await thrown();
  expect(hasFrames(line, functionsDir)).toBe(true);
  const { stackTrace } = await createTraceMapper({ functions: [fn] } as unknown as Graph, root, functionsDir)(line);
  expect(stackTrace).toEqual(
    expect.arrayContaining([expect.stringContaining("src/pack.ts:2:9"), expect.stringContaining("src/f.ts:2:30")]),
  );
});

test("a trace of code that has changed since stays as it is", async () => {
  const line = await thrown();
  await writeFile(join(root, "src/pack.ts"), `// one line more\nconsole.log("more");\n${pack}`);
  expect(await createTraceMapper({ functions: [fn] } as unknown as Graph, root, functionsDir)(line)).toEqual(line);
});
