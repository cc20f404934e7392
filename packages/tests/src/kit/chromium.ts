import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants, existsSync } from "node:fs";
import { access, open, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { aptAvailable, installPackage } from "@appointments/local/mysql/apt";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "chromium-headless-shell", "google-chrome", "google-chrome-stable"];

/** Debian's Chromium without its windows: 20 packages instead of 25, and the smaller half of the bytes. */
const debianPackage = "chromium-headless-shell";

/** Milliseconds for what starts Chromium, in a hook: it may have to be installed. */
export const chromiumTimeoutMs = 300_000;

/**
 * Starts a Chromium without windows: the one that `CHROMIUM` names, one that is installed, one that playwright has downloaded, else,
 * as root on Debian, the distribution's, which is installed for it. `undefined` where there is none, and then it says so: a suite skips.
 *
 * Whoever starts it closes it.
 */
export async function startChromium(): Promise<Browser | undefined> {
  const executablePath = (await findChromium()) ?? (await installChromium());
  if (executablePath === undefined) {
    console.warn("No Chromium here, and none can be installed: what is tested in a browser is skipped.");
    return undefined;
  }
  return chromium.launch({ executablePath });
}

async function findChromium(): Promise<string | undefined> {
  const given = process.env.CHROMIUM;
  if (given !== undefined) return given;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const bundles = ["Google Chrome", "Chromium"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  for (const program of [...onPath, ...bundles, chromium.executablePath()]) {
    if (await isProgram(program)) return program;
  }
  return undefined;
}

const isProgram = (path: string) =>
  access(path, constants.X_OK).then(
    () => path !== "",
    () => false,
  );

/** Ubuntu's package of the name is no browser but a way to snap, so only Debian itself will do. */
async function installChromium(): Promise<string | undefined> {
  if (!(await aptAvailable()) || !existsSync("/etc/os-release")) return undefined;
  if (!/^ID=debian$/m.test(await readFile("/etc/os-release", "utf8"))) return undefined;
  return alone(async () => {
    const installed = await findChromium();
    if (installed !== undefined) return installed;
    const log = join(tmpdir(), "appointments-chromium-install.log");
    console.log(`no Chromium here: installing ${debianPackage} with apt-get (log: ${log})`);
    await installPackage(debianPackage, log).catch((error: Error) => console.warn(error.message));
    return findChromium();
  });
}

/**
 * Does work while no other process of the machine does it. The lock is flock(2)'s: it belongs to the open file, so it ends with this
 * process, however that ends.
 */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  const file = await open(join(tmpdir(), "appointments-chromium-install.lock"), "w");
  try {
    const lock = spawn("flock", ["--exclusive", "3"], { stdio: ["ignore", "inherit", "inherit", file.fd] });
    const [code] = await once(lock, "exit");
    if (code !== 0) throw new Error(`flock ended with ${code}`);
    return await work();
  } finally {
    await file.close();
  }
}
