import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readdir, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

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
