import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { GraphFunction } from "@appointments/graph/graph";
import type { BuildOptions, Plugin } from "esbuild";

/** Never bundled by SST: they hold native binaries. */
export const forcedExternals = ["sharp", "pg-native"];

const targets: Record<string, string> = { "nodejs24.x": "es2024", "nodejs22.x": "es2023", "nodejs20.x": "es2023" };
const extensions = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

/** `nodejs` of a function in sst.config.ts, as far as SST's builder reads it. */
export interface NodejsProperties extends Pick<BuildOptions, "loader" | "minify" | "splitting"> {
  banner?: string;
  esbuild?: Pick<BuildOptions, "conditions" | "define" | "external" | "keepNames" | "mainFields" | "nodePaths"> &
    Pick<BuildOptions, "sourcemap" | "target">;
  format?: "esm" | "cjs";
  install?: Record<string, string> | string[];
  plugins?: string;
  sourcemap?: boolean;
}

/** Packages that are installed beside the bundle instead of being put into it: name → version range. */
export function installed(nodejs: NodejsProperties): Record<string, string> {
  const { install = {} } = nodejs;
  return Array.isArray(install) ? Object.fromEntries(install.map((name) => [name, "*"])) : install;
}

/** The source file of `path/to/file.export`, or undefined when there is none. */
export function handlerFile(root: string, handler: string): string | undefined {
  const base = path.join(root, handler.slice(0, handler.length - path.extname(handler).length));
  return extensions.map((extension) => base + extension).find((file) => existsSync(file));
}

/**
 * esbuild's options for one function, exactly SST's for a deployed function. Its `minify` is off unless the function
 * asks for it, whatever the documentation says of a default. Source maps, which SST makes but does not deploy unless
 * asked, are left out for they take a third of the time.
 *
 * @param debug - make source maps in any case
 * @param replacements - modules that stand in for others
 *
 * Source: https://github.com/anomalyco/sst/blob/v4.17.0/pkg/runtime/node/build.go
 */
export async function bundleOptions(
  fn: GraphFunction,
  root: string,
  debug: boolean,
  replacements: Replacements = new Map(),
) {
  // SST's own types have checked sst.config.ts, where these properties come from.
  const nodejs = fn.build.nodejs as NodejsProperties;
  const { banner = "", esbuild = {}, format = "esm" } = nodejs;
  const { target, mainFields, keepNames = true, sourcemap, external = [], ...others } = esbuild;
  const esm = format === "esm";
  return {
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    logLevel: "silent",
    platform: "node",
    format,
    target: target ?? targets[fn.runtime] ?? "es2024",
    mainFields: mainFields ?? (esm ? ["module", "main"] : ["main"]),
    ...others,
    keepNames,
    minify: nodejs.minify ?? false,
    sourcemap: sourcemap ?? (nodejs.sourcemap === true || debug),
    loader: nodejs.loader ?? {},
    external: [...forcedExternals, ...Object.keys(installed(nodejs)), ...external],
    plugins: [replacePlugin(replacements), ...(await loadPlugins(root, nodejs.plugins))],
    banner: { js: esm ? esmBanner(banner) : banner },
    outExtension: { ".js": esm ? ".mjs" : ".cjs" },
    splitting: nodejs.splitting ?? false,
  } satisfies BuildOptions;
}

/** Gives CommonJS packages inside an ES module what they take for granted. */
function esmBanner(own: string): string {
  return [
    `import { createRequire as topLevelCreateRequire } from 'module';`,
    `const require = topLevelCreateRequire(import.meta.url);`,
    `import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"`,
    `const __filename = topLevelFileUrlToPath(import.meta.url)`,
    `const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))`,
    own,
  ].join("\n");
}

async function loadPlugins(root: string, file: string | undefined): Promise<Plugin[]> {
  if (file === undefined) return [];
  const module: { default: Plugin[] } = await import(pathToFileURL(path.resolve(root, file)).href);
  return module.default;
}

/**
 * Modules that stand in for others in a bundle: absolute path of the module → absolute path of the one that takes its
 * place. The one that takes the place may import the module that it replaces.
 */
export type Replacements = ReadonlyMap<string, string>;

/** Resolves every import of a replaced module to its replacement, except the replacement's own. */
function replacePlugin(replacements: Replacements): Plugin {
  const real = new Map([...replacements].map(([from, to]) => [realpathSync(from), realpathSync(to)]));
  const names = [...real.keys()].map((file) => path.basename(file, path.extname(file)).replaceAll(".", "\\."));
  return {
    name: "replace",
    setup(build) {
      if (real.size === 0) return;
      build.onResolve({ filter: new RegExp(`(^|/)(${names.join("|")})(\\.[a-z]+)?$`) }, async (args) => {
        if (args.pluginData === resolving) return undefined;
        const { path: asked, importer, kind, namespace, resolveDir } = args;
        const resolved = await build.resolve(asked, { importer, kind, namespace, resolveDir, pluginData: resolving });
        const replacement = resolved.namespace === "file" ? real.get(resolved.path) : undefined;
        return replacement === undefined || replacement === importer ? resolved : { path: replacement };
      });
    },
  };
}

/** Marks the question that the plugin itself asks. */
const resolving = Symbol("resolving");
