import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { GraphFunction } from "@appointments/graph/graph";
import { guardChild } from "../process/process.ts";
import type { Bundle } from "./bundle/bundle.ts";
import type { HostMessage } from "./host/message.ts";
import type { InvokeResult } from "./invoke.ts";
import { type FunctionLogWriter, parseLog } from "./log.ts";
import { memoryFlags, memoryIntervalMs, residentMb } from "./memory.ts";
import { lambdaVariables } from "./variables.ts";

export type Failure = Omit<Extract<InvokeResult, { ok: false }>, "requestId" | "durationMs">;

export interface EnvironmentOptions {
  fn: GraphFunction;
  bundle: Bundle;
  /** The compiled `host.ts`. */
  host: string;
  /** Milliseconds by which the function's clock differs from this machine's. */
  clockOffsetMs: number;
  /** Added to the function's own variables: region, credentials, `AWS_ENDPOINT_URL`. */
  env: Record<string, string>;
  log: FunctionLogWriter;
  /** Let a debugger attach, on any port. Nothing times out then. */
  inspect: boolean;
}

/** Lambda gives a module ten seconds to load. */
const initTimeoutMs = 10_000;
const maxTimerMs = 2 ** 31 - 1;

/**
 * Starts an execution environment: a process that loads the function and runs one event at a time. Between events it is
 * stopped, as Lambda freezes it: timers do not fire, connections are not read.
 *
 * @param secondAttempt - the module took too long to load; now it has the function's own timeout
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export function startEnvironment(options: EnvironmentOptions, secondAttempt = false) {
  const { fn, log, inspect } = options;
  const child = spawnHost(options);
  guardChild(child);
  const errors = readOutput(child, fn.name, log);

  const { promise: started, resolve: settleStart } = Promise.withResolvers<Failure | undefined>();
  /** The event that runs, and what is known of its end before the process is gone. */
  let running: { requestId: string; settle: (outcome: Failure | { payload: string }) => void } | undefined;
  let verdict: Failure | undefined;

  const kill = (why?: Failure) => {
    verdict ??= why;
    child.kill("SIGKILL");
  };
  const initTimer = setTimeout(
    () => kill(secondAttempt ? timeout(fn.timeoutSeconds) : initTimeout),
    inspect ? maxTimerMs : secondAttempt ? fn.timeoutSeconds * 1000 : initTimeoutMs,
  );

  child.on("message", (raw) => {
    const message = raw as HostMessage;
    if (message.type === "ready") settleStart(undefined);
    else if (message.type === "idle") {
      if (running === undefined && !inspect) child.kill("SIGSTOP");
    } else if (message.type === "init-error") verdict = { ok: false, kind: "Init", ...message.error };
    else if (message.type === "fatal") verdict = { ok: false, kind: "Exit", ...message.error };
    else if (message.requestId === running?.requestId) {
      running.settle(message.type === "response" ? message : { ok: false, kind: "Unhandled", ...message.error });
    }
  });
  void started.then(() => clearTimeout(initTimer));

  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => {
      // It could not even be spawned; `exit` does not follow then.
      if (child.pid !== undefined) return;
      settleStart(failure("Init", "Runtime.ExitError", error.message));
      resolve(error.message);
    });
    child.on("close", (code, signal) => {
      const why = verdict ?? exitFailure(code, signal, errors);
      settleStart({ ...why, kind: why.kind === "Timeout" ? "Timeout" : "Init" });
      running?.settle(why);
      resolve(why.errorMessage);
    });
  });

  /** Runs one event, given as JSON text. Call it only when `started` was well and the last one is answered. */
  function invoke(event: string, requestId: string): Promise<{ payload: string } | Failure> {
    const timeoutMs = inspect ? maxTimerMs : fn.timeoutSeconds * 1000;
    return new Promise((resolve) => {
      const timer = setTimeout(() => kill(timeout(fn.timeoutSeconds)), timeoutMs);
      const watch = watchMemory(child, fn.memoryMb, () => {
        if (running?.requestId === requestId) kill(outOfMemory);
      });
      const settle = (outcome: { payload: string } | Failure) => {
        for (const each of [timer, watch]) clearTimeout(each);
        running = undefined;
        resolve(outcome);
      };
      running = { requestId, settle };
      child.kill("SIGCONT");
      const deadline = Date.now() + timeoutMs;
      child.send({ type: "invoke", requestId, deadline, functionArn: fn.arn, traceId: traceId(), event }, () => {
        // When it cannot be sent the process is going, and `close` will say why.
      });
    });
  }

  return {
    pid: child.pid ?? -1,
    /** Resolves when the module is loaded, or with why it was not; then the process is gone. */
    started,
    /** Resolves when the process is gone, with why. */
    ended,
    invoke,
    kill: () => kill(),
  };
}

export type Environment = ReturnType<typeof startEnvironment>;

/** Calls back each time it finds the process with more memory than `limitMb`, until the timer is cleared. */
function watchMemory({ pid }: ChildProcess, limitMb: number, exceeded: () => void): NodeJS.Timeout {
  return setInterval(async () => {
    const used = pid === undefined ? undefined : await residentMb(pid);
    if (used !== undefined && used > limitMb) exceeded();
  }, memoryIntervalMs);
}

/** The process, with the function's variables and nothing else of ours. */
function spawnHost({ fn, bundle, host, env, inspect, clockOffsetMs }: EnvironmentOptions): ChildProcess {
  return spawn(
    process.execPath,
    [
      ...memoryFlags(fn.memoryMb),
      ...(inspect ? ["--inspect=127.0.0.1:0", "--enable-source-maps"] : []),
      host,
      bundle.handler,
      compileCacheOf(bundle.taskRoot),
      String(clockOffsetMs),
    ],
    {
      cwd: bundle.taskRoot,
      env: lambdaVariables(fn, bundle.taskRoot, bundle.handler, env),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      serialization: "advanced",
      // Ctrl-C in a terminal goes to the whole process group; an invocation shall end in peace.
      detached: true,
    },
  );
}

/** Where V8 keeps compiled code for the next process: beside the bundle, and gone with it. */
export function compileCacheOf(taskRoot: string): string {
  return `${taskRoot}.cache`;
}

export function failure(kind: Failure["kind"], errorType: string, errorMessage: string): Failure {
  return { ok: false, kind, errorType, errorMessage };
}

const initSeconds = (initTimeoutMs / 1000).toFixed(2);
const initTimeout = failure("Init", "Sandbox.Timedout", `Init timed out after ${initSeconds} seconds`);
const outOfMemory = failure("OutOfMemory", "Runtime.OutOfMemory", "Runtime exited with error: signal: killed");
const timeout = (seconds: number) =>
  failure("Timeout", "Sandbox.Timedout", `Task timed out after ${seconds.toFixed(2)} seconds`);

/** How Lambda reports a runtime that ended by itself. */
function exitFailure(code: number | null, signal: NodeJS.Signals | null, errors: string[]): Failure {
  const heap = errors.some((line) => line.includes("JavaScript heap out of memory"));
  const how = signal === "SIGABRT" ? "signal: aborted" : signal === null ? `exit status ${code}` : "signal: killed";
  const errorMessage = code === 0 ? "Runtime exited without providing a reason" : `Runtime exited with error: ${how}`;
  return failure(heap ? "OutOfMemory" : "Exit", "Runtime.ExitError", errorMessage);
}

/** Passes what the process writes to the log; returns the last lines of standard error, which keep growing. */
function readOutput({ stdout, stderr }: ChildProcess, name: string, log: FunctionLogWriter): string[] {
  const errors: string[] = [];
  const read = (stream: Readable | null, onLine: (line: string) => void) =>
    stream && createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", onLine);
  read(stdout, (line) => log(parseLog(line, name, "INFO")));
  read(stderr, (line) => {
    errors.push(line);
    if (errors.length > 50) errors.shift();
    log(parseLog(line, name, /^(Debugger|For help|$)/.test(line) ? "INFO" : "ERROR"));
  });
  return errors;
}

/** An X-Ray trace header, not sampled: what Lambda sets when tracing is off. */
function traceId(): string {
  const root = `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString("hex")}`;
  return `Root=${root};Parent=${randomBytes(8).toString("hex")};Sampled=0`;
}
