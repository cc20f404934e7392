import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { guardChild, uninterrupted } from "../process/process.ts";

const updateTimeoutMs = 120_000;
const installTimeoutMs = 300_000;
/** Debian's way to say that no service may be started by an installation. */
const policy = "/usr/sbin/policy-rc.d";

/** Whether packages can be installed: root, on a system with `apt-get`. */
export async function aptAvailable(): Promise<boolean> {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version") && existsSync("/usr/bin/apt-get");
}

/**
 * Installs `mariadb-server` for its programs only: no service of the system is started, now or at the next boot.
 *
 * @param logFile - gets what `apt-get` prints
 * @throws Error that names the log when it fails
 */
export async function installMariadb(logFile: string): Promise<void> {
  await installPackage("mariadb-server", logFile);
  if (existsSync("/run/systemd/system")) {
    await command("systemctl", ["disable", "--now", "mariadb"], logFile, 30_000).catch(() => {
      // Not there, or not ours to decide: a service that runs takes another port than ours.
    });
  }
}

/**
 * Installs a package of the distribution, without what it only recommends, and starts no service.
 *
 * @param logFile - gets what `apt-get` prints
 * @throws Error that names the log when it fails
 */
export async function installPackage(name: string, logFile: string): Promise<void> {
  await mkdir(path.dirname(logFile), { recursive: true });
  const install = ["install", "-y", "--no-install-recommends", name];
  await apt(["update"], logFile, updateTimeoutMs);
  await apt([...install, "--download-only"], logFile, installTimeoutMs);
  // Ended in the middle it would leave the system's packages half configured.
  await uninterrupted(withoutServices(() => apt(install, logFile, installTimeoutMs, false)));
}

async function withoutServices(install: () => Promise<void>): Promise<void> {
  const ours = !existsSync(policy);
  if (ours) await writeFile(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await install();
  } finally {
    if (ours) await rm(policy, { force: true });
  }
}

function apt(args: string[], logFile: string, timeoutMs: number, guarded = true): Promise<void> {
  return command("apt-get", ["-q", ...args], logFile, timeoutMs, guarded);
}

async function command(
  program: string,
  args: string[],
  logFile: string,
  timeoutMs: number,
  guarded = true,
): Promise<void> {
  const log = await open(logFile, "a");
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(program, args, {
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
        stdio: ["ignore", log.fd, log.fd],
        timeout: timeoutMs,
        // Ctrl-C in a terminal is for us to pass on.
        detached: true,
      });
      if (guarded) guardChild(child);
      child.on("error", reject);
      child.on("exit", (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`${program} ${args.join(" ")} failed (${signal ?? code}); see ${logFile}`));
      });
    });
  } finally {
    await log.close();
  }
}
