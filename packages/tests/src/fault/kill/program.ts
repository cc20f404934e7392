import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { guardChild } from "@appointments/local/process/process";
import { readState } from "@appointments/local/system/state";
import { type ApiAccess, operatorAccess } from "../../integration/access.ts";
import { eventually } from "../../integration/system.ts";
import { descendants } from "../../kit/processes.ts";
import { root } from "../../repository.ts";

/** `npm start` without npm, on a folder and on free ports. What it leaves when it is killed is in that folder, too. */
export function startProgram(dataDir: string, env: Record<string, string>) {
  const temporary = join(dataDir, "tmp");
  mkdirSync(temporary, { recursive: true });
  const ports = ["--port", "0", "--gateway-port", "0"];
  const args = ["packages/local/src/cli.ts", "--config", "packages/app/src/local.ts", "--data", dataDir, ...ports];
  const options = { cwd: root, env: { ...process.env, TMPDIR: temporary, ...env } };
  const child = spawn(process.execPath, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  guardChild(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (it) => (output = (output + it).slice(-20_000)));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const ended = once(child, "exit");
  const pid = child.pid ?? 0;
  return {
    /** The API, once the system is ready. */
    async ready(): Promise<ApiAccess> {
      const state = await eventually(
        "the system is ready",
        async () => {
          if (hasEnded()) throw new Error(`it ended: ${output}`);
          const found = await readState(dataDir);
          return found?.pid === pid ? found : undefined;
        },
        120_000,
      );
      return operatorAccess(state);
    },
    /**
     * SIGKILL, so that nothing can clean up: to the program, whose guard then kills its functions and its MySQL; or to
     * every process at once.
     */
    async kill(whole: boolean): Promise<void> {
      if (hasEnded()) return;
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
