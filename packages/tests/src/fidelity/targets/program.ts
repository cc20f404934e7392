import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { GivenEndpoints } from "@appointments/local/endpoint/emulators";
import { guardChild } from "@appointments/local/process/process";

/** A program that serves on a port. */
export interface Program {
  url: string;
  pid: number;
  /** Ends it, by force when it takes longer than five seconds, and removes its folder. */
  stop: () => Promise<void>;
}

/**
 * Starts a program on a free loopback port, in an empty folder of its own, and waits until it answers HTTP, whatever it
 * answers; at most a minute.
 *
 * @throws with its last words when it ends before that
 */
export async function startProgram(
  describe: (place: { port: number; folder: string }) => {
    command: string;
    args: string[];
    env?: Record<string, string>;
  },
): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), "appointments-target-"));
  const port = await freePort();
  const { command, args, env = {} } = describe({ port, folder });
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let words = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      words = (words + chunk).slice(-4000);
    });
  }
  // Not to outlive whoever started it, also when that one is ended by an error.
  guardChild(child);
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`${command} ended with ${code ?? signal}:\n${words}`)));
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([answering(url), failed]);
  } catch (error) {
    await stop();
    throw error;
  }
  failed.catch(() => {}); // from here on its end is seen by whoever calls it
  return { url, pid: child.pid ?? 0, stop };
}

async function answering(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const status = await fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.status,
      () => undefined,
    );
    if (status !== undefined) return;
    if (Date.now() > deadline) throw new Error(`${url} did not answer within a minute`);
    await sleep(100);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const forced = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(forced);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no free port on 127.0.0.1"));
      });
    });
  });
}

/** A program that stands behind the gateway in the place of the embedded emulators. */
export interface TargetProgram extends Program {
  /** With its name: `moto 5.2.5`. */
  version: string;
  /** What it serves, as `npm start -- --aws` takes it. */
  given: GivenEndpoints;
}
