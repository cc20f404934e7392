import { aptAvailable, installMariadb } from "./apt.ts";
import { type Binary, findDownloaded, findInstalled } from "./binary.ts";

/** How a server program came to be here. */
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
 */
async function download(onProgress: (message: string) => void): Promise<Binary | undefined> {
  onProgress(`no MySQL here: trying to download MySQL ${downloadVersion} (once)`);
  try {
    const { createDB } = await import("mysql-memory-server");
    const database = await createDB({ version: downloadVersion, downloadRetries: 0, xEnabled: "OFF" });
    await database.stop();
    return await findDownloaded();
  } catch (error) {
    onProgress(`the download failed: ${String(error).split("\n")[0]}`);
    return undefined;
  }
}
