import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The repository. */
export const root = resolve(import.meta.dirname, "../../..");

export type RepositoryCopy = Awaited<ReturnType<typeof copyRepository>>;

const graphSources = [
  ...["sst.config.ts", "package.json", "packages/core", "packages/functions", "packages/infra"],
  // A function is deployed with it.
  "docs/openapi.json",
];

/** What sst.config.ts is made of, or more, in a folder of its own that a test may change. Installed packages are shared. */
export async function copyRepository(names = graphSources) {
  const copy = await mkdtemp(join(tmpdir(), "appointments-copy-"));
  for (const name of names) {
    await cp(join(root, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  }
  await symlink(join(root, "node_modules"), join(copy, "node_modules"));
  await mkdir(join(copy, ".sst"));
  // The platform with the list of what is installed in it, or each copy would install it anew.
  for (const name of ["platform", "provider-lock.json"])
    await symlink(join(root, ".sst", name), join(copy, ".sst", name));
  return {
    root: copy,
    /** Replaces `before` by `after` in a file. Throws when it is not there exactly once: the test would test nothing. */
    async edit(file: string, before: string, after: string): Promise<void> {
      const text = await readFile(join(copy, file), "utf8");
      const found = text.split(before).length - 1;
      if (found !== 1) throw new Error(`${file} holds ${JSON.stringify(before)} ${found} times, not once`);
      await writeFile(join(copy, file), text.split(before).join(after));
    },
    async write(file: string, content: string): Promise<void> {
      await mkdir(dirname(join(copy, file)), { recursive: true });
      await writeFile(join(copy, file), content);
    },
    /**
     * Runs statements before and after the body of `run()` in sst.config.ts, which stays as it is: `$transform` changes what it
     * makes, an import changes what it is made from.
     */
    async surround(before: string, after = ""): Promise<void> {
      await rename(join(copy, "sst.config.ts"), join(copy, "app.config.ts"));
      const config = `export default $config({
  async app(input) {
    const { default: app } = await import("./app.config.ts");
    return app.app(input);
  },
  async run() {
    const { default: app } = await import("./app.config.ts");
${before}
    await app.run();
${after}
  },
});
`;
      await writeFile(join(copy, "sst.config.ts"), config);
    },
    remove: () => rm(copy, { recursive: true, force: true }),
  };
}
