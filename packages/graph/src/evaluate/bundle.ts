import { existsSync } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { basename, isAbsolute, join, relative, resolve, sep } from "node:path";
import { type BuildOptions, build, formatMessages, type Plugin, type StdinOptions } from "esbuild";
import { stableNames, withEsbuild } from "./esbuild.ts";
import { ConfigError } from "./evaluation.ts";

/** As in SST's CLI (`pkg/js/js.go`): resolved when the program runs, from the platform's `node_modules`. */
const external = [
  "@pulumi/*",
  "undici",
  "@pulumiverse/*",
  "@sst-provider/*",
  "@aws-sdk/*",
  "esbuild",
  "archiver",
  "glob",
  "vite",
];

const banner = `
import { createRequire as topLevelCreateRequire } from 'module';
const require = topLevelCreateRequire(import.meta.url);
import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"
const __filename = topLevelFileUrlToPath(import.meta.url)
const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))
`;

const bundlePrefix = "graph.bundle.";
const leftOverAfterMs = 60 * 60_000;

export interface Program {
  /** Bundle of sst.config.ts alone; its default export is the configuration. */
  app: string;
  /** Bundle of sst.config.ts with SST's components; it exports `run` (SST's own) and `config`. */
  program: string;
  /** Absolute paths of the project's own files in the bundles: neither SST's nor a package's. */
  inputs: string[];
  dispose(): Promise<void>;
}

/**
 * Bundles sst.config.ts as SST's CLI does: once alone, for `app()`, and once with SST's components, for `run()`.
 *
 * Different from the CLI: `$app`, `$cli` and `$dev` are read from `globalThis` when the program runs instead of being
 * written into the bundle, and names have no random suffix ({@link stableNames}).
 *
 * @throws ConfigError with file, line and column when something does not compile or is not found
 */
export const bundleProgram = (root: string, platform: string): Promise<Program> =>
  withEsbuild(() => bundle(root, platform));

async function bundle(root: string, platform: string): Promise<Program> {
  const config = join(root, "sst.config.ts");
  if (!existsSync(config)) throw new ConfigError(`There is no sst.config.ts in ${root}.`);
  // Beside the platform's node_modules, as the CLI's: that is where what is external is found.
  await removeLeftOver(platform);
  const name = join(platform, `${bundlePrefix}${process.pid}.${crypto.randomUUID()}`);
  const files = { app: `${name}.app.mjs`, program: `${name}.mjs` };
  const dispose = async () => {
    await Promise.all(
      Object.values(files).flatMap((file) => [rm(file, { force: true }), rm(`${file}.map`, { force: true })]),
    );
  };
  try {
    const globals = await globalImports(root, platform);
    // Both to their end, also when one fails: what is still being written could not be removed.
    const builds = await Promise.allSettled([
      build({
        ...common(root, platform),
        stdin: entry(root, `export { default } from ${quote(config)};`),
        outfile: files.app,
        banner: { js: `${banner}const $config = (config) => config;` },
        plugins: [noTopLevelImports],
      }),
      build({
        ...common(root, platform),
        stdin: entry(
          root,
          `export { run } from ${quote(join(platform, "src/auto/run.ts"))};\nexport { default as config } from ${quote(config)};`,
        ),
        outfile: files.program,
        banner: { js: banner },
        inject: [join(platform, "src/shim/run.js")],
        define: { $app: "globalThis.$app", $cli: "globalThis.$cli", $dev: "globalThis.$dev" },
        plugins: [injectGlobals(globals), stableNames(join(platform, "src/components/naming.ts"))],
      }),
    ]);
    const results = builds.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    });
    const inputs = new Set(
      results.flatMap(({ metafile }) => Object.keys(metafile.inputs).map((path) => resolve(root, path))),
    );
    return { ...files, inputs: [...inputs].filter((path) => existsSync(path) && !isForeign(path)), dispose };
  } catch (error) {
    await dispose();
    throw await readable(error, root);
  }
}

function common(root: string, platform: string) {
  return {
    bundle: true,
    write: true,
    metafile: true,
    absWorkingDir: root,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    sourcemap: "linked",
    sourcesContent: false,
    nodePaths: [join(platform, "node_modules")],
    external,
    logLevel: "silent",
  } as const satisfies BuildOptions;
}

function entry(root: string, contents: string): StdinOptions {
  return { contents, resolveDir: root, sourcefile: "graph.entry.ts", loader: "ts" };
}

/** Bundles of evaluations that were killed; a younger one may be in use. */
async function removeLeftOver(platform: string): Promise<void> {
  for (const name of await readdir(platform)) {
    if (!name.startsWith(bundlePrefix)) continue;
    const path = join(platform, name);
    const made = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
    if (Date.now() - made > leftOverAfterMs) await rm(path, { force: true });
  }
}

/** Every file outside `.sst` sees the providers and `sst` as globals: imports, on its first line so that line numbers hold. */
async function globalImports(root: string, platform: string): Promise<string> {
  const lock = JSON.parse(await readFile(join(root, ".sst/provider-lock.json"), "utf8").catch(() => "[]")) as {
    alias: string;
    package: string;
  }[];
  const providers = lock.length > 0 ? lock : [{ alias: "aws", package: "@pulumi/aws" }];
  return [...providers, { alias: "sst", package: join(platform, "src/components") }]
    .map((module) => `import * as ${module.alias} from ${quote(module.package)};`)
    .join("");
}

function injectGlobals(code: string): Plugin {
  return {
    name: "inject-globals",
    setup({ onLoad }) {
      onLoad({ filter: /\.(js|ts|jsx|tsx)$/, namespace: "file" }, async ({ path }) => {
        if (isForeign(path)) return undefined;
        return { contents: code + (await readFile(path, "utf8")), loader: "default" };
      });
    },
  };
}

/** SST refuses them: `app()` is evaluated before the providers are there. */
const noTopLevelImports: Plugin = {
  name: "no-top-level-imports",
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
      if (basename(importer) !== "sst.config.ts" || kind !== "import-statement") return undefined;
      const text = `sst.config.ts may not import "${path}" at the top level: use await import() in run()`;
      return { errors: [{ text }] };
    });
  },
};

/** SST's own sources and those of packages. */
function isForeign(path: string): boolean {
  return path.split(sep).some((part) => part === ".sst" || part === "node_modules");
}

async function readable(error: unknown, root: string): Promise<unknown> {
  if (!(error instanceof Error && "errors" in error && Array.isArray(error.errors))) return error;
  const [first] = error.errors as { text: string; location: { file: string; line: number; column: number } | null }[];
  const lines = await formatMessages(error.errors, { kind: "error", color: false });
  const at = first?.location;
  const file = at && (isAbsolute(at.file) ? relative(root, at.file) : at.file);
  return new ConfigError(
    `sst.config.ts does not compile: ${first?.text ?? "unknown error"}`,
    at ? `${file}:${at.line}:${at.column + 1}` : undefined,
    { cause: new Error(lines.join("")) },
  );
}

function quote(text: string): string {
  return JSON.stringify(text);
}
