import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { GivenEndpoints } from "@appointments/local/endpoint/emulators";
import { guardChild, terminate } from "@appointments/local/process/process";
import { close, listen } from "../../kit/emulator.ts";

/** A program that serves on a port. */
export interface Program {
  url: string;
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
  describe: (place: { port: number; folder: string }) => { command: string; args: string[]; env?: NodeJS.ProcessEnv },
): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), "appointments-target-"));
  const port = await freePort();
  const { command, args, env = {} } = describe({ port, folder });
  const options = { cwd: folder, env: { ...process.env, ...env } };
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let words = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (it) => (words = (words + it).slice(-4000)));
  // Not to outlive whoever started it, also when that one is ended by an error.
  guardChild(child);
  const stop = async () => {
    const { pid, exitCode, signalCode } = child;
    if (pid !== undefined && exitCode === null && signalCode === null) await terminate(pid, 5_000);
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
  return { url, stop };
}

async function answering(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    if (response !== undefined) return;
    if (Date.now() > deadline) throw new Error(`${url} did not answer within a minute`);
    await sleep(100);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await close(server);
  return port;
}

/** A program that stands behind the gateway in the place of the embedded emulators. */
export interface TargetProgram extends Program {
  /** With its name: `moto 5.2.5`. */
  version: string;
  /** What it serves, as `npm start -- --aws` takes it. */
  given: GivenEndpoints;
}
