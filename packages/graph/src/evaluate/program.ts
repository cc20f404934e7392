import { fork } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { SourceMap } from "node:module";
import { delimiter, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import {
  ConfigError,
  type Evaluation,
  type EvaluationOrder,
  type EvaluationReport,
  MissingProviderError,
} from "./evaluation.ts";

/** Far more than an evaluation takes; a configuration that waits for something that never comes ends here. */
const defaultTimeoutMs = 60_000;

const child = fileURLToPath(new URL("child.ts", import.meta.url));

export interface RunLimits {
  /** In milliseconds; 60,000 when not given. */
  timeoutMs?: number | undefined;
  /** Ends the process. */
  signal?: AbortSignal | undefined;
}

/**
 * Evaluates the bundled program in a process of its own.
 *
 * @throws ConfigError with the message of what sst.config.ts threw, and where; also when it does not end in time
 */
export async function runProgram(
  order: Omit<EvaluationOrder, "work">,
  { timeoutMs = defaultTimeoutMs, signal }: RunLimits = {},
): Promise<Evaluation> {
  const folder = join(order.root, ".sst/graph");
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, "work-"));
  try {
    const report = await runChild({ ...order, work }, timeoutMs, signal);
    if ("error" in report) throw await thrown(report.error, { ...order, work });
    return withoutPaths(report.evaluation, work, order.root);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function runChild(
  order: EvaluationOrder,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<EvaluationReport> {
  const started = fork(child, [JSON.stringify(order)], {
    cwd: order.root,
    env: processEnvironment(),
    execArgv: ["--no-deprecation", "--no-warnings"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    signal,
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

/** What a Node process needs to run at all; no part of what the configuration may depend on. */
function processEnvironment(): NodeJS.ProcessEnv {
  const { HOME, TMPDIR, TEMP, TMP, SystemRoot } = process.env;
  return {
    PATH: [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
    HOME,
    TMPDIR,
    TEMP,
    TMP,
    SystemRoot,
  };
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

/**
 * A stack trace in terms of the sources instead of the bundles.
 *
 * Done afterwards and only for errors: with Node's own source map support the evaluation takes half as long again, as
 * Pulumi makes a trace for every promise.
 *
 * @param bundles files with a `.map` beside them
 */
async function mappedStack(stack: string, bundles: string[]): Promise<string> {
  let mapped = stack;
  for (const bundle of bundles) {
    const map = await readFile(`${bundle}.map`, "utf8").catch(() => undefined);
    if (!map) continue;
    const sources = new SourceMap(JSON.parse(map));
    mapped = mapped.replace(frame, (text, file: string, line: string, column: string) => {
      if (pathOf(file) !== bundle) return text;
      const origin = sources.findOrigin(Number(line), Number(column));
      if (!("fileName" in origin)) return text;
      return `${resolve(dirname(bundle), origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`;
    });
  }
  return mapped;
}

/** Where in the project's own files an error comes from: the first such frame, as `file:line:column` from the root. */
function ownFrame(stack: string, root: string): string | undefined {
  for (const [, file = "", line, column] of stack.matchAll(frame)) {
    const path = relative(root, pathOf(file));
    const isOwn = !path.startsWith("..") && !path.split(sep).some((part) => part === ".sst" || part === "node_modules");
    if (isOwn && !pathOf(file).startsWith(dirname(import.meta.dirname))) return `${path}:${line}:${column}`;
  }
  return undefined;
}

const frame = /((?:file:\/\/)?\/[^():\s]+):(\d+):(\d+)/g;

function pathOf(file: string): string {
  return file.startsWith("file://") ? fileURLToPath(file) : file;
}
