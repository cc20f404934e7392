import { realpathSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "esbuild";

/**
 * Modules that stand in for others in a bundle: absolute path of the module → absolute path of the one that takes its
 * place. The one that takes the place may import the module that it replaces.
 */
export type Replacements = ReadonlyMap<string, string>;

/** Resolves every import of a replaced module to its replacement, except the replacement's own. */
export function replacePlugin(replacements: Replacements): Plugin {
  const real = new Map([...replacements].map(([from, to]) => [realpathSync(from), realpathSync(to)]));
  const names = [...real.keys()].map((file) => path.basename(file, path.extname(file)).replaceAll(".", "\\."));
  return {
    name: "replace",
    setup(build) {
      if (real.size === 0) return;
      build.onResolve({ filter: new RegExp(`(^|/)(${names.join("|")})(\\.[a-z]+)?$`) }, async (args) => {
        if (args.pluginData === resolving) return undefined;
        const { importer, kind, namespace, resolveDir } = args;
        const resolved = await build.resolve(args.path, {
          importer,
          kind,
          namespace,
          resolveDir,
          pluginData: resolving,
        });
        const replacement = resolved.namespace === "file" ? real.get(resolved.path) : undefined;
        if (replacement === undefined || replacement === importer) return resolved;
        return { path: replacement };
      });
    },
  };
}

/** Marks the question that the plugin itself asks. */
const resolving = Symbol("resolving");
