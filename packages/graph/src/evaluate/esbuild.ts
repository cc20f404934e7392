import { type Plugin, stop } from "esbuild";

/** esbuild's process holds hundreds of megabytes of syntax trees; without work it is ended. */
const idleMs = 5_000;

let working = 0;
let idle: NodeJS.Timeout | undefined;

/**
 * Does work with esbuild, whose process is not left running when there is nothing more to do. There is one process for
 * all, and who is at work when it is ended waits for ever: so nobody uses esbuild but in here.
 */
export async function withEsbuild<Result>(work: () => Promise<Result>): Promise<Result> {
  working++;
  clearTimeout(idle);
  try {
    return await work();
  } finally {
    working--;
    if (working === 0) idle = setTimeout(() => void stop(), idleMs).unref();
  }
}

/**
 * esbuild plugin that takes the random suffix out of physical names while SST's sources stay as they are.
 *
 * SST names a resource `<app>-<stage>-<logical name>-<eight random letters>`, anew at each evaluation. Names that
 * change could not be compared, and local state kept under them would be orphaned. Every import of SST's `naming`
 * module gets one that re-exports it with a `physicalName` of its own: what SST puts before the random letters, its
 * letters and digits. Where something is lost on the way, a name too long for AWS or two that come to the same, it ends in
 * a hash of the full name.
 *
 * @param naming absolute path of the platform's `naming.ts`
 */
export function stableNames(naming: string): Plugin {
  return {
    name: "stable-names",
    setup(build) {
      let used = false;
      build.onResolve({ filter: /\/naming(\.js|\.ts)?$/ }, (args) => {
        if (args.namespace === "stable-names" || !args.importer.includes("/src/components/")) return undefined;
        used = true;
        return { path: naming, namespace: "stable-names" };
      });
      build.onLoad({ filter: /.*/, namespace: "stable-names" }, () => ({
        contents: `export * from ${JSON.stringify(naming)};\n${source}`,
        resolveDir: naming.slice(0, naming.lastIndexOf("/")),
        loader: "ts",
      }));
      build.onEnd((result) => {
        if (result.errors.length === 0 && !used) {
          throw new Error(
            "SST's components no longer import their naming module; names would be random. See esbuild.ts.",
          );
        }
      });
    },
  };
}

const source = `
import { createHash } from "node:crypto";
import { prefixName } from ${JSON.stringify("./naming.ts")};

const owners = new Map();

export function physicalName(max, name, suffix = "") {
  const full = $app.name + "-" + $app.stage + "-" + name;
  const main = prefixName(max - 9 - suffix.length, name);
  const whole = main === full.replace(name, name.replace(/[^a-zA-Z0-9]/g, ""));
  const owner = owners.get(main) ?? name;
  owners.set(main, owner);
  if (whole && owner === name) return main + suffix;
  const hash = createHash("sha256").update(full).digest("hex").slice(0, 8);
  return main + "-" + hash + suffix;
}
`;
