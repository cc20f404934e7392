import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { guardChild } from "@appointments/local/process/process";
import { readState } from "@appointments/local/system/state";
import { eventually } from "../../integration/system.ts";
import { root } from "../../repository.ts";

/** `npm start` without npm, on a folder and on free ports. What it leaves when it is killed is in that folder, too. */
export function startProgram(dataDir: string, env: Record<string, string>) {
  const temporary = join(dataDir, "tmp");
  mkdirSync(temporary, { recursive: true });
  const args = ["packages/local/src/cli.ts", "--data", dataDir, "--port", "0", "--gateway-port", "0"];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  guardChild(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => (output = (output + chunk).slice(-20_000)));
  const ended = once(child, "exit");
  const pid = child.pid ?? 0;
  return {
    /** The URL of the API, once the system is ready. */
    async ready(): Promise<string> {
      const state = await eventually(
        "the system is ready",
        async () => {
          if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended: ${output}`);
          const found = await readState(dataDir);
          return found?.pid === pid ? found : undefined;
        },
        120_000,
      );
      return Object.values(state.apis)[0] ?? "";
    },
    /**
     * SIGKILL, so that nothing can clean up: to the program, whose guard then kills its functions and its MySQL; or to
     * every process at once.
     */
    async kill(whole: boolean): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      if (whole) {
        // While it stands still it starts nothing new and sees nobody die.
        process.kill(pid, "SIGSTOP");
        for (const each of await descendants(pid)) end(each);
      }
      end(pid);
      await ended;
    },
  };
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

/** Processes that a process started, and those that they started. They are in process groups of their own. */
export async function descendants(of: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="], { timeout: 10_000 });
  const pairs = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.flatMap(([pid = 0, ppid]) => (ppid === parent ? [pid, ...below(pid)] : []));
  return below(of);
}
