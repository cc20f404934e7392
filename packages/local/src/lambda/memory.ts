import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Resident memory of a process in megabytes (2^20 bytes), or undefined when it is gone. */
export async function residentMb(pid: number): Promise<number | undefined> {
  try {
    if (process.platform === "linux") {
      const status = await readFile(`/proc/${pid}/status`, "utf8");
      const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
      return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
    }
    const { stdout } = await run("ps", ["-o", "rss=", "-p", String(pid)], { timeout: 2_000 });
    return Number(stdout) / 1024;
  } catch {
    return undefined;
  }
}

/** How often memory is looked at while an invocation runs, in milliseconds. Asking `ps` costs a process each time. */
export const memoryIntervalMs = process.platform === "linux" ? 50 : 1_000;

/**
 * V8's limits for a function of this size: the heap gets nine tenths of the memory, as on Lambda; the young generation
 * stays at Node's own default, for a laptop holds many environments.
 */
export function memoryFlags(memoryMb: number): string[] {
  return [
    `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`,
    `--max-semi-space-size=${Math.min(16, Math.floor(memoryMb / 20))}`,
  ];
}
