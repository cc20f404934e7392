import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { GraphFunction } from "@appointments/graph/graph";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Bundle, createBundler } from "./bundle.ts";

const execute = promisify(execFile);
let root: string;
let outDir: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "bundle-test-"));
  outDir = path.join(root, ".local/functions");
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
}

function graphFunction(build: Partial<GraphFunction["build"]> = {}, name = "f"): GraphFunction {
  return {
    name,
    functionName: `app-local-${name}`,
    arn: `arn:aws:lambda:us-east-1:123456789012:function:app-local-${name}`,
    handler: `src/${name}.handler`,
    runtime: "nodejs24.x",
    architectures: ["arm64"],
    memoryMb: 256,
    timeoutSeconds: 10,
    environment: {},
    links: [],
    statements: [],
    managedPolicies: [],
    build: { nodejs: {}, copyFiles: [], ...build },
  };
}

const bundle = (build: Partial<GraphFunction["build"]> = {}) =>
  createBundler(graphFunction(build), root, outDir).build();

const code = (built: Bundle) => readFile(path.join(built.taskRoot, "bundle.mjs"), "utf8");

/** Runs the handler in a process of its own: the test runner would lend it its own `require`. */
async function run(built: Bundle): Promise<unknown> {
  const url = pathToFileURL(path.join(built.taskRoot, "bundle.mjs")).href;
  const script = `const { handler } = await import("${url}"); console.log(JSON.stringify(await handler()));`;
  const { stdout } = await execute(process.execPath, ["--input-type=module", "--eval", script]);
  return JSON.parse(stdout);
}

test("a bundle is an ES module, and its handler is bundle.handler", async () => {
  await write("src/f.ts", "export const handler = async (): Promise<number> => 1;");
  const built = await bundle();
  expect(await readdir(built.taskRoot)).toEqual(["bundle.mjs"]);
  expect(built.handler).toBe("bundle.handler");
  expect(built.bytes).toBe(Buffer.byteLength(await code(built)));
  expect(await run(built)).toBe(1);
});

test("there is a source map when the function deploys one, and for a debugger", async () => {
  await write("src/f.ts", "export const handler = () => 1;");
  const withMap = ["bundle.mjs", "bundle.mjs.map"];
  expect(await readdir((await bundle({ nodejs: { sourcemap: true } })).taskRoot)).toEqual(withMap);
  const debugged = await createBundler(graphFunction(), root, outDir, true).build();
  expect(await readdir(debugged.taskRoot)).toEqual(withMap);
});

test("CommonJS code inside finds require, __filename and __dirname", async () => {
  await write("src/old.cjs", "module.exports = [require('node:path').basename(__filename), __dirname.length > 0];");
  await write("src/f.ts", "import old from './old.cjs'; export const handler = () => old;");
  expect(await run(await bundle())).toEqual(["bundle.mjs", true]);
});

test("names of functions and classes are kept, and code is small only when asked", async () => {
  await write("src/f.ts", "class LongName {} export const handler = () => LongName.name; // said");
  const plain = await bundle();
  const small = await bundle({ nodejs: { minify: true } });
  expect(await run(small)).toBe("LongName");
  expect(small.bytes).toBeLessThan(plain.bytes);
  expect(await code(plain)).toContain("var LongName = class");
});

test("with splitting a dynamic import is a file of its own, loaded from beside the bundle", async () => {
  await write("src/late.ts", "export const value = 'late';");
  await write("src/f.ts", "export const handler = async () => (await import('./late.ts')).value;");
  const built = await bundle({ nodejs: { splitting: true } });
  expect(await readdir(built.taskRoot)).toContainEqual(expect.stringMatching(/^late-\w+\.mjs$/));
  expect(await code(built)).not.toContain('"late"');
  expect(await run(built)).toBe("late");
});

test("what sst.config.ts says for esbuild is done", async () => {
  await write(
    "src/f.ts",
    "declare const VALUE: string; import x from './x.bin'; export const handler = () => VALUE + x;",
  );
  await write("src/x.bin", "!");
  const esbuild = { define: { VALUE: '"defined"' }, sourcemap: "inline" };
  const built = await bundle({ nodejs: { banner: "// hello", esbuild, loader: { ".bin": "text" } } });
  expect(await run(built)).toBe("defined!");
  expect(await code(built)).toMatch(/\/\/ hello.*sourceMappingURL=data:/s);
  expect(await readdir(built.taskRoot)).toEqual(["bundle.mjs"]);
});

test("packages to install are left out and lie beside the bundle", async () => {
  await write("tiny/package.json", JSON.stringify({ name: "tiny", version: "1.0.0", main: "index.js" }));
  await write("tiny/index.js", "exports.value = 'installed';");
  await write("src/f.ts", "// @ts-ignore\nimport tiny from 'tiny'; export const handler = () => tiny.value;");
  const built = await bundle({ nodejs: { install: { tiny: `file:${path.join(root, "tiny")}` } } });
  expect(await code(built)).not.toContain("'installed'");
  expect(await run(built)).toBe("installed");
}, 60_000);

test("files and folders are copied to where they are asked for", async () => {
  await write("src/f.ts", "export const handler = () => 1;");
  await write("data/a/1.sql", "one");
  await write("data/b.txt", "b");
  const copyFiles = [
    { from: "data/a", to: "migrations/sql" },
    { from: "data/b.txt" },
    { from: path.join(root, "data/b.txt"), to: "c" },
  ];
  const { taskRoot } = await bundle({ copyFiles });
  expect(await readFile(path.join(taskRoot, "migrations/sql/1.sql"), "utf8")).toBe("one");
  expect(await readFile(path.join(taskRoot, "data/b.txt"), "utf8")).toBe("b");
  expect(await readFile(path.join(taskRoot, "c"), "utf8")).toBe("b");
});

test("what is copied is part of the content", async () => {
  await write("src/f.ts", "export const handler = () => 1;");
  await write("migrations/1.sql", "one");
  const copyFiles = [{ from: "migrations" }];
  const first = await bundle({ copyFiles });
  await write("migrations/2.sql", "two");
  const second = await bundle({ copyFiles });
  expect(await readdir(path.join(first.taskRoot, "migrations"))).toEqual(["1.sql"]);
  expect(await readdir(path.join(second.taskRoot, "migrations"))).toEqual(["1.sql", "2.sql"]);
});

test("a folder that is given as the bundle is taken as it is", async () => {
  await write("built/index.mjs", "export const handler = () => 'given';");
  const fn = { ...graphFunction({ bundle: "built" }), handler: "index.handler" };
  const built = await createBundler(fn, root, outDir).build();
  expect(built.handler).toBe("index.handler");
  expect(await readdir(built.taskRoot)).toEqual(["index.mjs"]);
});

test("the same content is the same folder, other content is another", async () => {
  await write("src/f.ts", "export const handler = () => 1;");
  const first = await bundle();
  expect((await bundle()).taskRoot).toBe(first.taskRoot);
  await write("src/f.ts", "export const handler = () => 2;");
  const second = await bundle();
  expect(second.taskRoot).not.toBe(first.taskRoot);
  expect([await run(first), await run(second)]).toEqual([1, 2]);
});

test("functions built together come out as if built alone, and know only their own files", async () => {
  await write("src/shared.ts", "export const shared = 's';");
  await write("src/f.ts", "import { shared } from './shared.ts'; export const handler = () => 'f' + shared;");
  await write("src/g.ts", "export const handler = () => 'g';");
  const bundlers = ["f", "g", "broken"].map((name) => createBundler(graphFunction({}, name), root, outDir));
  const [f, g, broken] = bundlers;
  await write("src/broken.ts", "const = 1;");
  const [builtF, builtG, failed] = await Promise.allSettled(bundlers.map((bundler) => bundler.build()));
  const alone = await bundle();
  expect(builtF).toMatchObject({ status: "fulfilled", value: { taskRoot: alone.taskRoot } });
  expect(builtG).toMatchObject({ status: "fulfilled" });
  expect(failed).toMatchObject({
    status: "rejected",
    reason: { message: expect.stringMatching(/^src\/broken\.ts:1:7: /) },
  });
  const src = (...names: string[]) => names.map((name) => path.join(root, "src", name));
  expect(f?.inputs()).toEqual(src("f.ts", "shared.ts"));
  expect(g?.inputs()).toEqual(src("g.ts"));
  expect(broken?.inputs()).toEqual(src("broken.ts"));
});

test("a replaced module is in no bundle but through its replacement, and what is replaced can change between builds", async () => {
  await write("src/inner.ts", "export const inner = () => 'inner';");
  await write(
    "src/middle.ts",
    "import { inner } from './inner.ts'; export const middle = () => inner() + ' middle'; export const other = 'kept';",
  );
  await write(
    "src/f.ts",
    "import { middle, other } from './middle.ts'; export const handler = () => [middle(), other];",
  );
  await write(
    "stand-in/middle.ts",
    "import * as original from '../src/middle.ts'; export * from '../src/middle.ts'; export const middle = () => 'replaced ' + original.middle();",
  );
  await write("stand-in/inner.ts", "export const inner = () => 'another';");
  const at = (file: string) => path.join(root, file);
  const replacements = new Map([[at("src/middle.ts"), at("stand-in/middle.ts")]]);
  const bundler = createBundler(graphFunction(), root, outDir, false, replacements);
  expect(await run(await bundler.build())).toEqual(["replaced inner middle", "kept"]);
  expect(bundler.inputs()).toContain(at("stand-in/middle.ts"));
  replacements.set(at("src/inner.ts"), at("stand-in/inner.ts"));
  expect(await run(await bundler.build())).toEqual(["replaced another middle", "kept"]);
  replacements.clear();
  expect(await run(await bundler.build())).toEqual(["inner middle", "kept"]);
  expect(bundler.inputs()).not.toContain(at("stand-in/middle.ts"));
});

test("a handler whose file is missing is named", async () => {
  await expect(bundle()).rejects.toThrow(/src\/f\.handler: no such file/);
});
