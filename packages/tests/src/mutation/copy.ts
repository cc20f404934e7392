import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../repository.ts";

export interface Copy {
  root: string;
  write(file: string, content: string): Promise<void>;
  remove(): Promise<void>;
}

/** The whole repository in a folder of its own, so that nobody sees the mutants. Installed packages are shared. */
export async function copyAll(): Promise<Copy> {
  const copy = await mkdtemp(join(tmpdir(), "appointments-mutants-"));
  const names = [
    "packages",
    "docs",
    "package.json",
    "sst.config.ts",
    "sst-env.d.ts",
    "tsconfig.json",
    "pnpm-lock.yaml",
  ];
  for (const name of names) await cp(join(root, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  await symlink(join(root, "node_modules"), join(copy, "node_modules"));
  await mkdir(join(copy, ".sst"));
  for (const name of ["platform", "provider-lock.json"]) {
    await symlink(join(root, ".sst", name), join(copy, ".sst", name));
  }
  return {
    root: copy,
    write: (file, content) => writeFile(join(copy, file), content),
    remove: () => rm(copy, { recursive: true, force: true }),
  };
}
