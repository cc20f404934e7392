import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** The command line of a process, its arguments divided by spaces; empty when there is no such process. */
export async function commandLine(pid: number): Promise<string> {
  try {
    if (process.platform === "linux") return (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ");
    return (await run("ps", ["-ww", "-o", "command=", "-p", String(pid)], { timeout: 5_000 })).stdout;
  } catch {
    return "";
  }
}

/** Asks a process to end, and ends it by force when it takes longer than `graceMs`. */
export async function terminate(pid: number, graceMs: number): Promise<void> {
  const deadline = Date.now() + graceMs;
  kill(pid, "SIGTERM");
  // A process that has ended has no command line, even while nobody has taken note of its end.
  while (isAlive(pid) && (await commandLine(pid)) !== "") {
    if (Date.now() > deadline) kill(pid, "SIGKILL");
    if (Date.now() > deadline + 5_000) throw new Error(`process ${pid} does not end`);
    await sleep(20);
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone.
  }
}

/** Reads `+ PID` and `- PID`; when there is nothing more to read, its parent is dead and the children must go. */
const script = `
trap '' INT TERM HUP
pids=' '
while read -r change pid; do
  case $change in
    +) pids="$pids$pid " ;;
    -) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill -s KILL -- "-$pid" || kill -s KILL "$pid"; done
`;

let guard: ChildProcess | undefined;
const guarded = new Set<number>();
const uninterruptible = new Set<Promise<unknown>>();

/**
 * Makes sure that a child does not outlive this process, even if both are in no state to do anything about it: this one
 * killed, the child stopped or in an endless loop. A small shell does the watching. Of a `detached` child its own children go too.
 */
export function guardChild(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  guarded.add(pid);
  tell(`+ ${pid}`);
  child.once("exit", () => {
    guarded.delete(pid);
    tell(`- ${pid}`);
  });
}

/** Lets {@link killChildren} wait for work that must not be cut off, as an installation of the system's packages. */
export async function uninterrupted<T>(work: Promise<T>): Promise<T> {
  uninterruptible.add(work);
  try {
    return await work;
  } finally {
    uninterruptible.delete(work);
  }
}

/** Ends every guarded child at once, with its own children, and resolves when they are gone. */
export async function killChildren(): Promise<void> {
  await Promise.allSettled(uninterruptible);
  for (const pid of guarded) {
    kill(-pid, "SIGKILL");
    kill(pid, "SIGKILL");
  }
  while (guarded.size > 0) await sleep(10);
}

function tell(line: string): void {
  guard ??= start();
  guard.stdin?.write(`${line}\n`);
}

function start(): ChildProcess {
  const started = spawn("/bin/sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true, env: {} });
  // It waits for our end, so it must not keep us from it.
  started.unref();
  if (started.stdin !== null && "unref" in started.stdin && typeof started.stdin.unref === "function") {
    started.stdin.unref();
  }
  // Without it the children still end themselves when their channel closes; see lambda/host.
  started.on("error", () => {});
  started.stdin?.on("error", () => {});
  return started;
}
