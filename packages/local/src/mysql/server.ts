import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { access, readdir, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { guardChild } from "../process/process.ts";
import { aptAvailable, installMariadb } from "./apt.ts";

/** A server program and where it comes from. */
export interface Server extends Binary {
  origin: "installed" | "downloaded" | "apt";
}

export interface Step {
  onProgress: (message: string) => void;
  /** Gets what an installation prints. */
  installLog: string;
  /** How a user gives databases that exist. */
  givenDatabases?: string;
}

/** The version to download: production's. */
const downloadVersion = "8.4.x";

/**
 * A MySQL or MariaDB server program: an installed one; else one that `mysql-memory-server` has downloaded or can
 * download; else, as root on Debian or Ubuntu, MariaDB from the distribution.
 *
 * @throws Error that names the three ways out
 */
export async function findServer({
  onProgress,
  installLog,
  givenDatabases = "by their mysql:// URLs",
}: Step): Promise<Server> {
  const installed = await findInstalled();
  if (installed !== undefined) return { ...installed, origin: "installed" };
  const downloaded = (await findDownloaded()) ?? (await download(onProgress));
  if (downloaded !== undefined) return { ...downloaded, origin: "downloaded" };
  if (await aptAvailable()) {
    onProgress(`no MySQL here and none to download: installing mariadb-server with apt-get (log: ${installLog})`);
    await installMariadb(installLog);
    const fresh = await findInstalled();
    if (fresh !== undefined) return { ...fresh, origin: "apt" };
  }
  throw new Error(
    [
      "No MySQL or MariaDB server was found, and none could be downloaded. Do one of these:",
      `  1. give databases that you have: ${givenDatabases};`,
      "  2. install MySQL or MariaDB, so that mysqld or mariadbd is on the PATH (apt, dnf, brew, or an installer);",
      "  3. on Debian or Ubuntu run as root: mariadb-server is then installed from the distribution.",
    ].join("\n"),
  );
}

/**
 * Lets `mysql-memory-server` download a MySQL. It starts one with data that it throws away; only the program is
 * wanted, which it keeps.
 *
 * In a process of its own: it writes its errors whole to the screen, and cannot be told not to.
 */
async function download(onProgress: (message: string) => void): Promise<Binary | undefined> {
  onProgress(`no MySQL here: trying to download MySQL ${downloadVersion} (once)`);
  const options = { version: downloadVersion, downloadRetries: 0, xEnabled: "OFF" };
  const script = `
    const { createDB } = await import(${JSON.stringify(import.meta.resolve("mysql-memory-server"))});
    await (await createDB(${JSON.stringify(options)})).stop();`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  guardChild(child);
  let said = "";
  child.stderr.on("data", (chunk) => {
    said = (said + chunk).slice(-10_000);
  });
  const [code] = await once(child, "close");
  if (code === 0) return findDownloaded();
  const reason = downloadFailure(said);
  onProgress(`the download failed${reason === undefined ? "" : `: ${reason}`}`);
  return undefined;
}

/** Why `mysql-memory-server` could not download a server, in one line: the last error of all that it wrote. */
export function downloadFailure(said: string): string | undefined {
  const last = [...said.matchAll(/- ERROR\]: (.+)/g)].at(-1)?.[1];
  return last?.replace(/^(Failed to download binary: )?(Error: )?/, "").slice(0, 200);
}

const run = promisify(execFile);

/** A MySQL or MariaDB server program. */
export interface Binary {
  file: string;
  kind: "mysql" | "mariadb";
  /** `8.4.7`, `10.11.14`. */
  version: string;
}

/** Where packages, installers and Homebrew put servers besides `PATH`; `sbin` is often not on it. */
const folders = [
  "/usr/sbin",
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/libexec",
  "/usr/local/mysql/bin",
  "/opt/homebrew/bin",
  ...["/opt/homebrew/opt", "/usr/local/opt"].flatMap((opt) =>
    ["mysql", "mysql@8.4", "mysql@8.0", "mariadb"].map((name) => `${opt}/${name}/bin`),
  ),
];

/** An installed server, a real MySQL before a MariaDB because production runs MySQL; undefined when there is none. */
export async function findInstalled(search: string[] = searchPath()): Promise<Binary | undefined> {
  const files = ["mysqld", "mariadbd"].flatMap((name) => search.map((folder) => path.join(folder, name)));
  return firstMysql(files);
}

/** A server that `mysql-memory-server` has downloaded before. */
export async function findDownloaded(cache: string = downloadCache()): Promise<Binary | undefined> {
  const versions = await readdir(cache).catch(() => []);
  return firstMysql(versions.sort().map((version) => path.join(cache, version, "mysql", "bin", "mysqld")));
}

/** The program of this name beside the server or on the search path. */
export async function findTool(names: string[], binary: Binary): Promise<string | undefined> {
  const home = path.dirname(await realpath(binary.file));
  const beside = [home, path.join(home, "../bin"), path.join(home, "../scripts"), "/usr/bin", ...searchPath()];
  for (const name of names) {
    for (const folder of beside) if (await isExecutable(path.join(folder, name))) return path.join(folder, name);
  }
  return undefined;
}

/** Where `mysql-memory-server` keeps what it downloads. */
function downloadCache(): string {
  return path.join(tmpdir(), "mysqlmsn", "binaries");
}

function searchPath(): string[] {
  return [...(process.env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== ""), ...folders];
}

async function firstMysql(files: string[]): Promise<Binary | undefined> {
  let mariadb: Binary | undefined;
  for (const file of files) {
    const binary = await inspect(file);
    if (binary?.kind === "mysql") return binary;
    mariadb ??= binary;
  }
  return mariadb;
}

async function inspect(file: string): Promise<Binary | undefined> {
  if (!(await isExecutable(file))) return undefined;
  try {
    const { stdout } = await run(file, ["--no-defaults", "--version"], { timeout: 10_000 });
    const version = /Ver (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
    if (version === undefined) return undefined;
    return { file, kind: stdout.includes("MariaDB") ? "mariadb" : "mysql", version };
  } catch {
    // There, but it does not run: built for another system, or a library is missing.
    return undefined;
  }
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
