import { execFile } from "node:child_process";
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** How long `sst install` may take: it downloads some 300 MB on a cold machine. */
const installTimeoutMs = 5 * 60_000;

/** Staging folders of installations that were killed; younger ones may belong to a living process. */
const staleAfterMs = 60 * 60_000;

const pending = new Map<string, Promise<string>>();

/**
 * Makes `.sst/platform`, SST's components and types, when it is missing, incomplete or of another version than the
 * installed `sst` package.
 *
 * It runs the real `sst install` in a folder of its own and moves the result into place, so callers that run at the
 * same time, or one that is killed, cannot leave a half-written platform. Needs the npm registry, no AWS account.
 *
 * @param root folder of `sst.config.ts`
 * @param onProgress called with a message when something takes time
 * @param options.anew make it even if it is there: sst.config.ts may name other providers now
 * @param options.signal ends the installation
 * @returns the platform's folder
 * @throws Error with the CLI's output when the installation fails
 */
export function preparePlatform(
  root: string,
  onProgress?: (message: string) => void,
  options: { anew?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const running = pending.get(root);
  if (running) return running;
  const started = prepare(root, options, onProgress).finally(() => pending.delete(root));
  pending.set(root, started);
  return started;
}

/** Version of the installed `sst` package. */
export async function sstVersion(root: string): Promise<string> {
  const file = join(root, "node_modules/sst/package.json");
  try {
    const { version } = JSON.parse(await readFile(file, "utf8")) as { version: string };
    return version;
  } catch (cause) {
    throw new Error(`The package sst is not installed in ${root}. Install the dependencies first.`, { cause });
  }
}

async function prepare(
  root: string,
  { anew = false, signal }: { anew?: boolean; signal?: AbortSignal | undefined },
  onProgress?: (message: string) => void,
): Promise<string> {
  const version = await sstVersion(root);
  const platform = join(root, ".sst/platform");
  if (!anew && (await isComplete(platform, version))) return platform;

  onProgress?.(`Preparing SST ${version} in .sst/platform`);
  await mkdir(join(root, ".sst"), { recursive: true });
  await removeStaleStaging(root);
  const staging = await mkdtemp(join(root, ".sst/install-"));
  try {
    // esbuild, inside the CLI, resolves a link to its target: the configuration's own imports are found as ever.
    await symlink(join(root, "sst.config.ts"), join(staging, "sst.config.ts"));
    await install(root, staging, signal);
    const made = join(staging, ".sst/platform");
    if (!(await isComplete(made, version))) {
      throw new Error(`\`sst install\` ended well but its platform is incomplete. Look at ${made}, or try again.`);
    }
    if (anew || !(await isComplete(platform, version))) await swap(root, staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return platform;
}

async function swap(root: string, staging: string): Promise<void> {
  const platform = join(root, ".sst/platform");
  if (existsSync(platform)) await rename(platform, join(staging, "old")).catch(ignoreMissing);
  try {
    await rename(join(staging, ".sst/platform"), platform);
  } catch (error) {
    // Another process put the same thing there a moment ago.
    if (!isCode(error, "ENOTEMPTY", "EEXIST")) throw error;
  }
  await rename(join(staging, ".sst/provider-lock.json"), join(root, ".sst/provider-lock.json")).catch(ignoreMissing);
}

/** The CLI writes `version` before it installs, so the dependencies are looked for one by one. */
async function isComplete(platform: string, version: string): Promise<boolean> {
  try {
    if ((await readFile(join(platform, "version"), "utf8")).trim() !== version) return false;
    const manifest = JSON.parse(await readFile(join(platform, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    return (
      existsSync(join(platform, "config.d.ts")) &&
      Object.keys(manifest.dependencies).every((name) =>
        existsSync(join(platform, "node_modules", name, "package.json")),
      )
    );
  } catch {
    return false;
  }
}

async function install(root: string, staging: string, signal: AbortSignal | undefined): Promise<void> {
  const log = join(staging, "sst.log");
  try {
    await run(sstBinary(root), ["install"], {
      cwd: staging,
      timeout: installTimeoutMs,
      killSignal: "SIGKILL",
      signal,
      env: {
        ...process.env,
        PATH: [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
        SST_STAGE: "dev",
        // The CLI would otherwise first download Pulumi and Bun from GitHub. Bun comes from npm here, Pulumi is not needed.
        SST_SKIP_DEPENDENCY_CHECK: "1",
        SST_BUN_PATH: bunBinary(root),
        SST_TELEMETRY_DISABLED: "1",
        DO_NOT_TRACK: "1",
        SST_LOG: log,
        // The CLI's own folder. HOME stays: npm's registry settings are read from there.
        XDG_CONFIG_HOME: join(staging, "config"),
      },
    });
  } catch (error) {
    const { stdout = "", stderr = "", killed } = error as { stdout?: string; stderr?: string; killed?: boolean };
    const tail = (await readFile(log, "utf8").catch(() => "")).split("\n").slice(-10).join("\n");
    const why = killed ? `did not end within ${installTimeoutMs / 1000} s` : "failed";
    throw new Error(
      [`\`sst install\` ${why}; SST's components could not be prepared.`, stdout, stderr, tail]
        .map((part) => part.trim())
        .filter(Boolean)
        .join("\n"),
      { cause: error },
    );
  }
}

/** The native CLI: through its Node wrapper, a timeout would end the wrapper only. */
export function sstBinary(root: string): string {
  const name = `sst-${process.platform}-${process.arch}`;
  const require = createRequire(realpathSync(join(root, "node_modules/sst/package.json")));
  try {
    return require.resolve(`${name}/bin/${process.platform === "win32" ? "sst.exe" : "sst"}`);
  } catch (cause) {
    throw new Error(`The package ${name} is missing: optional dependencies must be installed.`, { cause });
  }
}

function bunBinary(root: string): string {
  const file = join(root, "node_modules/bun/bin/bun.exe");
  if (existsSync(file) && statSync(file).size > 1_000_000) return realpathSync(file);
  throw new Error("The package bun is missing or its install script did not run; SST installs its components with it.");
}

async function removeStaleStaging(root: string): Promise<void> {
  for (const entry of readdirSync(join(root, ".sst"))) {
    const path = join(root, ".sst", entry);
    if (entry.startsWith("install-") && Date.now() - statSync(path).mtimeMs > staleAfterMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

function ignoreMissing(error: unknown): void {
  if (!isCode(error, "ENOENT")) throw error;
}
