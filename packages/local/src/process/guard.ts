import { type ChildProcess, spawn } from "node:child_process";

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
for pid in $pids; do kill -KILL "$pid"; done
`;

let guard: ChildProcess | undefined;

/**
 * Makes sure that a child does not outlive this process, even if both are in no state to do anything about it: this one
 * killed, the child stopped or in an endless loop. A small shell does the watching.
 */
export function guardChild(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  tell(`+ ${pid}`);
  child.once("exit", () => tell(`- ${pid}`));
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
