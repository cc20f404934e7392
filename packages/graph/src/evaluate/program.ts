import { fork } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError, MissingProviderError } from "../error.ts";
import { processEnvironment } from "./environment.ts";
import type { Evaluation, EvaluationOrder, EvaluationReport } from "./evaluation.ts";
import { mappedStack, ownFrame } from "./stack.ts";

/** Far more than an evaluation takes; a configuration that waits for something that never comes ends here. */
const defaultTimeoutMs = 60_000;

const child = fileURLToPath(new URL("child.ts", import.meta.url));

/**
 * Evaluates the bundled program in a process of its own.
 *
 * @throws ConfigError with the message of what sst.config.ts threw, and where; also when it does not end in time
 */
export async function runProgram(
  order: Omit<EvaluationOrder, "work">,
  timeoutMs = defaultTimeoutMs,
): Promise<Evaluation> {
  const folder = join(order.root, ".sst/graph");
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, "work-"));
  try {
    const report = await runChild({ ...order, work }, timeoutMs);
    if ("error" in report) throw await thrown(report.error, { ...order, work });
    return withoutPaths(report.evaluation, work, order.root);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function runChild(order: EvaluationOrder, timeoutMs: number): Promise<EvaluationReport> {
  const started = fork(child, [JSON.stringify(order)], {
    cwd: order.root,
    env: processEnvironment(),
    execArgv: ["--no-deprecation", "--no-warnings"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  let printed = "";
  const keep = (chunk: Buffer) => {
    printed = (printed + chunk.toString()).slice(-4000);
  };
  started.stdout?.on("data", keep);
  started.stderr?.on("data", keep);

  return new Promise((resolve, reject) => {
    let report: EvaluationReport | undefined;
    started.on("message", (message) => {
      report = message as EvaluationReport;
    });
    started.on("error", reject);
    started.on("close", (code, signal) => {
      if (report) return resolve(report);
      const why =
        signal === "SIGKILL"
          ? `did not end within ${timeoutMs / 1000} s: something in it waits for a value that never comes`
          : `ended (${signal ?? `status ${code}`}) before all its resources were known`;
      const cause = printed.includes("cyclic dependency")
        ? " graph.cycle: a resource waits for a value of another that waits for it, or for one that nobody gives."
        : "";
      const output = printed.trim();
      reject(new ConfigError(`sst.config.ts ${why}.${cause}${output ? `\nIt printed:\n${output}` : ""}`));
    });
  });
}

async function thrown(
  error: { name: string; message: string; stack: string },
  order: EvaluationOrder,
): Promise<ConfigError> {
  const cause = new Error(error.message);
  cause.stack = await mappedStack(error.stack, [order.app, order.program]);
  const message = `sst.config.ts cannot be evaluated for stage ${order.stage}: ${error.message}`;
  const Thrown = error.name === "MissingProviderError" ? MissingProviderError : ConfigError;
  return new Thrown(message, ownFrame(cause.stack, order.root), { cause });
}

/** Paths of this machine and of this run would make two evaluations differ. */
function withoutPaths(evaluation: Evaluation, work: string, root: string): Evaluation {
  const json = JSON.stringify(evaluation, (_, value: unknown) => {
    if (typeof value !== "string") return value;
    if (value.startsWith(work)) return `.sst${value.slice(work.length)}`;
    return value === root ? "." : value.startsWith(root + sep) ? value.slice(root.length + 1) : value;
  });
  return JSON.parse(json) as Evaluation;
}
