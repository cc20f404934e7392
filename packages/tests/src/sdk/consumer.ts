import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { root } from "../repository.ts";

const run = promisify(execFile);

export type Consumer = Awaited<ReturnType<typeof installPackage>>;

/**
 * A program that uses the SDK as a consumer does: what `npm pack` makes of it is installed in an empty folder, with nothing fetched.
 *
 * @returns the folder, and the tarball
 */
export async function installPackage() {
  const folder = await mkdtemp(join(tmpdir(), "appointments-consumer-"));
  const npm = (cwd: string, ...args: string[]) => run("npm", args, { cwd, timeout: 120_000 });
  const { stdout } = await npm(join(root, "packages/sdk"), "pack", "--silent", "--pack-destination", folder);
  const name = stdout.trim().split("\n").at(-1) ?? "";
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await npm(folder, "install", "--offline", "--no-audit", "--no-fund", "--silent", `./${name}`);
  await copyFile(join(import.meta.dirname, "booking.js"), join(folder, "booking.js"));
  return {
    folder,
    tarball: () => readFile(join(folder, name)),
    file: (path: string) => readFile(join(folder, path), "utf8"),
    write: (path: string, text: string) => writeFile(join(folder, path), text),
    /** Runs a program there, and returns what it writes. Throws with what it said when it fails. */
    async run(program: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
      const options = { cwd: folder, env: { ...process.env, ...env }, timeout: 120_000 };
      const { stdout } = await run(program, args, options).catch((error) => {
        throw new Error(`${program} ${args.join(" ")}\n${error.stdout}${error.stderr}`);
      });
      return stdout;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A Node of a major version that is on this machine: the one that runs this, or one on the PATH. */
export async function findNode(major: number): Promise<string | undefined> {
  const onPath = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "node"));
  for (const program of [process.execPath, ...onPath]) {
    const version = await run(program, ["--version"]).then(
      ({ stdout }) => stdout,
      () => "",
    );
    if (version.startsWith(`v${major}.`)) return program;
  }
  return undefined;
}
