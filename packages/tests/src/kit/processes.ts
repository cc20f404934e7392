import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Processes that a process started, and those that they started. They may be in process groups of their own. */
export async function descendants(of: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="], { timeout: 10_000 });
  const pairs = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.flatMap(([pid = 0, ppid]) => (ppid === parent ? [pid, ...below(pid)] : []));
  return below(of);
}
