import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { GraphFunction } from "@appointments/graph/graph";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createFunction, type FunctionOptions, type LocalFunction } from "./function.ts";
import type { InvokeResult } from "./invoke.ts";
import type { FunctionLog } from "./log.ts";

// Each environment is a process; on a busy machine some take their time to start.
vi.setConfig({ testTimeout: 30_000 });

/** Does what the event says. */
const source = `
  let events = 0;
  let ticks = 0;
  setInterval(() => ticks++, 5);
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const actions = {
    count: () => ({ events: ++events, pid: process.pid }),
    ticks: () => ticks,
    sleep: async ({ ms }) => { await sleep(ms); return { pid: process.pid }; },
    loop: () => { for (;;) {} },
    throw: () => { throw new TypeError("it broke"); },
    throwText: () => { throw "just text"; },
    reject: async () => { Promise.reject(new Error("nobody waits")); await sleep(1000); },
    uncaught: async () => { setTimeout(() => { throw new RangeError("later"); }, 1); await sleep(1000); },
    exit: ({ code }) => process.exit(code),
    never: () => { clearInterval(interval); return new Promise(() => {}); },
    buffers: async () => { const all = []; for (;;) { all.push(Buffer.alloc(8e6, 1)); await sleep(1); } },
    large: ({ bytes }) => "x".repeat(bytes - 2),
    circular: () => { const it = {}; it.it = it; return it; },
    nothing: () => undefined,
    environment: () => process.env,
    where: () => ({ cwd: process.cwd(), send: typeof process.send, stdin: process.stdin.isTTY ?? false }),
    clock: (_, context) => ({ now: Date.now(), made: new Date().getTime(), of: new Date(0).getTime(), left: context.getRemainingTimeInMillis() }),
    context: (_, context) => ({ ...context, left: context.getRemainingTimeInMillis() }),
    log: () => { console.log("plain", 1); console.info({ a: 1 }); console.error(new Error("logged")); process.stdout.write("raw\\n"); },
    dieLater: () => { setImmediate(() => process.abort()); },
  };
  const interval = setInterval(() => {}, 1000);
  export const handler = async (event, context) => actions[event.do](event, context);
`;

let root: string;
const running: LocalFunction[] = [];
let logs: FunctionLog[] = [];

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "function-test-"));
  await write("src/act.ts", source);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((fn) => fn.stop(0)));
  logs = [];
});

afterAll(() => rm(root, { recursive: true, force: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
}

function graphFunction(overrides: Partial<GraphFunction> = {}): GraphFunction {
  return {
    name: "act",
    functionName: "app-local-act",
    arn: "arn:aws:lambda:us-east-1:123456789012:function:app-local-act",
    handler: "src/act.handler",
    runtime: "nodejs24.x",
    architectures: ["arm64"],
    memoryMb: 256,
    timeoutSeconds: 10,
    environment: {},
    links: [],
    statements: [],
    managedPolicies: [],
    build: { nodejs: {}, copyFiles: [] },
    ...overrides,
  };
}

async function create(fn: Partial<GraphFunction> = {}, options: Partial<FunctionOptions> = {}): Promise<LocalFunction> {
  const log = (line: FunctionLog) => void logs.push(line);
  const outDir = path.join(root, ".local/functions");
  const created = await createFunction({ fn: graphFunction(fn), env: {}, root, outDir, log, ...options });
  running.push(created);
  return created;
}

// The answers are the fixture's own; each test says what it expects in them.
// biome-ignore lint/suspicious/noExplicitAny: see above
const payload = (result: InvokeResult): any => {
  if (!result.ok) throw new Error(`${result.errorType}: ${result.errorMessage}`);
  return result.payload;
};

test("there is no process before the first event, and one afterwards", async () => {
  const fn = await create();
  expect(fn.environments()).toEqual([]);
  await fn.invoke({ do: "count" });
  expect(fn.environments()).toEqual([{ pid: expect.any(Number), busy: false }]);
});

test("the module is initialised once per environment and keeps its state", async () => {
  const fn = await create();
  const first = payload(await fn.invoke({ do: "count" }));
  expect(payload(await fn.invoke({ do: "count" }))).toEqual({ events: 2, pid: first.pid });
});

test("an environment runs one event at a time, several run in parallel, the rest waits", async () => {
  const fn = await create({}, { maxEnvironments: 2 });
  const before = performance.now();
  const results = await Promise.all(Array.from({ length: 4 }, () => fn.invoke({ do: "sleep", ms: 300 })));
  expect(performance.now() - before).toBeGreaterThan(600);
  expect(new Set(results.map((result) => payload(result).pid)).size).toBe(2);
});

test("a function with reserved concurrency refuses what is over it", async () => {
  const fn = await create({ reservedConcurrency: 1 });
  const first = fn.invoke({ do: "sleep", ms: 200 });
  expect(await fn.invoke({ do: "count" })).toMatchObject({
    kind: "Throttled",
    errorType: "TooManyRequestsException",
    errorMessage: "Rate Exceeded.",
  });
  expect((await first).ok).toBe(true);
  expect((await fn.invoke({ do: "count" })).ok).toBe(true);
});

test("idle environments beyond one end after a while, then the last", async () => {
  const fn = await create({}, { maxEnvironments: 3, idleSeconds: 0.5, lastIdleSeconds: 0.5 });
  const events = Array.from({ length: 3 }, () => fn.invoke({ do: "sleep", ms: 500 }));
  await expect.poll(() => fn.environments().filter(({ busy }) => busy)).toHaveLength(3);
  await Promise.all(events);
  await expect.poll(() => fn.environments().length).toBe(1);
  await expect.poll(() => fn.environments().length, { timeout: 5_000 }).toBe(0);
  expect(logs).toEqual([]);
});

test("time stands still between events", async () => {
  const fn = await create();
  const before = payload(await fn.invoke({ do: "ticks" }));
  await new Promise((resolve) => setTimeout(resolve, 300));
  // Its interval would have fired about sixty times.
  expect(payload(await fn.invoke({ do: "ticks" })) - before).toBeLessThan(10);
});

test.each([["sleep"], ["loop"]])("an event that takes too long (%s) is killed", async (action) => {
  const fn = await create({ timeoutSeconds: 1 });
  const { pid } = payload(await fn.invoke({ do: "count" }));
  const result = await fn.invoke({ do: action, ms: 5_000 });
  expect(result).toEqual({
    ok: false,
    kind: "Timeout",
    errorType: "Sandbox.Timedout",
    errorMessage: `RequestId: ${result.requestId} Error: Task timed out after 1.00 seconds`,
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    durationMs: expect.closeTo(1_000, -3),
  });
  const next = payload(await fn.invoke({ do: "count" }));
  expect(next.events).toBe(1);
  expect(next.pid).not.toBe(pid);
});

test("an event that takes too much memory is killed", async () => {
  const result = await (await create({ memoryMb: 128 })).invoke({ do: "buffers" });
  expect(result).toMatchObject({
    kind: "OutOfMemory",
    errorType: "Runtime.OutOfMemory",
    errorMessage: `RequestId: ${result.requestId} Error: Runtime exited with error: signal: killed`,
  });
});

test("a thrown error is answered with type, message and trace, is logged, and the environment lives on", async () => {
  const fn = await create();
  const { pid } = payload(await fn.invoke({ do: "count" }));
  const result = await fn.invoke({ do: "throw" });
  expect(result).toMatchObject({
    ok: false,
    kind: "Unhandled",
    errorType: "TypeError",
    errorMessage: "it broke",
    trace: expect.arrayContaining(["TypeError: it broke", expect.stringContaining("bundle.mjs")]),
  });
  await expect
    .poll(() => logs.at(-1))
    .toMatchObject({ level: "ERROR", requestId: result.requestId, message: { errorType: "TypeError" } });
  expect(payload(await fn.invoke({ do: "count" }))).toEqual({ events: 2, pid });
});

test("anything can be thrown", async () => {
  const result = await (await create()).invoke({ do: "throwText" });
  expect(result).toMatchObject({ errorType: "string", errorMessage: "just text", trace: [] });
});

test.each([
  ["reject", "Runtime.UnhandledPromiseRejection", "Error: nobody waits"],
  ["uncaught", "RangeError", "later"],
])("what nobody catches (%s) ends the environment", async (action, errorType, errorMessage) => {
  const fn = await create();
  const result = await fn.invoke({ do: action });
  expect(result).toMatchObject({ kind: "Exit", errorType, errorMessage });
  expect(payload(await fn.invoke({ do: "count" })).events).toBe(1);
});

test.each([
  [0, "Runtime exited without providing a reason"],
  [3, "Runtime exited with error: exit status 3"],
])("process.exit(%i) is an error", async (code, message) => {
  const result = await (await create()).invoke({ do: "exit", code });
  expect(result).toMatchObject({
    kind: "Exit",
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${result.requestId} Error: ${message}`,
  });
});

test("an answer over 6 MB is an error, and one of exactly that size is not", async () => {
  const fn = await create();
  expect(await fn.invoke({ do: "large", bytes: 6_291_557 })).toMatchObject({
    kind: "Unhandled",
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
  });
  expect((await fn.invoke({ do: "large", bytes: 6_291_556 })).ok).toBe(true);
});

test("an event over 6 MB is refused before anything runs", async () => {
  const fn = await create();
  const result = await fn.invoke({ do: "count", fill: "x".repeat(6 * 1024 * 1024) });
  expect(result).toMatchObject({ kind: "TooLarge", errorType: "RequestEntityTooLargeException" });
  expect(fn.environments()).toEqual([]);
});

test("an answer must be JSON; none is null", async () => {
  const fn = await create();
  expect(await fn.invoke({ do: "circular" })).toMatchObject({ errorType: "Runtime.JSONStringifyError" });
  expect(payload(await fn.invoke({ do: "nothing" }))).toBeNull();
});

test("an environment has its own variables and none of ours", async () => {
  vi.stubEnv("OURS", "secret");
  const declared = { MODE: "fast", AWS_LAMBDA_FUNCTION_NAME: "not this" };
  const fn = await create({ environment: declared }, { env: { AWS_REGION: "us-east-1" } });
  const environment = payload(await fn.invoke({ do: "environment" }));
  vi.unstubAllEnvs();
  const taskRoot = fn.bundle()?.taskRoot;
  expect(environment).toEqual({
    MODE: "fast",
    AWS_REGION: "us-east-1",
    SHLVL: "0",
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: "169.254.100.1:2000",
    _AWS_XRAY_DAEMON_ADDRESS: "169.254.100.1",
    _AWS_XRAY_DAEMON_PORT: "2000",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    PWD: taskRoot,
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: "bundle.handler",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: "app-local-act",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_FORMAT: "JSON",
    AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/app-local-act",
    AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-/),
  });
});

test("code cannot tell that it is a child process", async () => {
  const fn = await create();
  expect(payload(await fn.invoke({ do: "where" }))).toEqual({
    cwd: fn.bundle()?.taskRoot,
    send: "undefined",
    stdin: false,
  });
});

test("the context is Lambda's", async () => {
  const fn = await create({ timeoutSeconds: 7 });
  const result = await fn.invoke({ do: "context" });
  expect(payload(result)).toEqual({
    awsRequestId: result.requestId,
    functionName: "app-local-act",
    functionVersion: "$LATEST",
    invokedFunctionArn: fn.arn,
    memoryLimitInMB: "256",
    logGroupName: "/aws/lambda/app-local-act",
    logStreamName: expect.stringContaining("[$LATEST]"),
    callbackWaitsForEmptyEventLoop: true,
    left: expect.closeTo(7_000, -3),
  });
});

test("logs are Lambda's JSON lines, with the request and the function", async () => {
  const fn = await create();
  const { requestId } = await fn.invoke({ do: "log" });
  await expect.poll(() => logs.length).toBe(4);
  const line = { timestamp: expect.stringMatching(/^\d{4}-.*Z$/), function: "act" };
  expect(logs).toEqual([
    { ...line, level: "INFO", requestId, message: "plain 1" },
    { ...line, level: "INFO", requestId, message: { a: 1 } },
    {
      ...line,
      level: "ERROR",
      requestId,
      message: { errorType: "Error", errorMessage: "logged", stackTrace: expect.any(Array) },
    },
    { ...line, level: "INFO", message: "raw" },
  ]);
});

test("an environment that dies between events is reported and replaced", async () => {
  const fn = await create({});
  const { pid } = payload(await fn.invoke({ do: "count" }));
  process.kill(pid, "SIGKILL");
  await expect
    .poll(() => logs)
    .toContainEqual(expect.objectContaining({ message: expect.stringContaining(`pid ${pid}`) }));
  expect(payload(await fn.invoke({ do: "count" })).events).toBe(1);
});

test.each([
  ["throw new SyntaxError('odd')", "Runtime.UserCodeSyntaxError"],
  ["throw new RangeError('no start')", "RangeError"],
  ["await import('not-installed-' + process.pid)", "Runtime.ImportModuleError"],
  ["export const handler = 5", "Runtime.HandlerNotFound"],
  ["export const other = 5", "Runtime.HandlerNotFound"],
  ["export const handler = (event, context, callback) => callback()", "Runtime.CallbackHandlerDeprecated"],
  ["process.exit(4)", "Runtime.ExitError"],
])("a module that does not load (%s) fails the event", async (text, errorType) => {
  await write("src/broken.ts", text);
  const fn = await create({ name: "broken", handler: "src/broken.handler" });
  expect(await fn.invoke({})).toMatchObject({ ok: false, kind: "Init", errorType });
  expect(fn.environments()).toEqual([]);
});

test("code that does not build is an error with file and line, and events say so until it does", async () => {
  await write("src/typo.ts", "export const handler = async () => 1;\nconst = ;");
  const fn = await create({ name: "typo", handler: "src/typo.handler" });
  expect(logs[0]).toMatchObject({ level: "ERROR", message: expect.stringContaining("src/typo.ts:2:7: ") });
  expect(await fn.invoke({})).toMatchObject({ kind: "Init", errorMessage: expect.stringContaining("src/typo.ts:2:7") });
  await write("src/typo.ts", "export const handler = async () => 1;");
  await fn.reload();
  expect(payload(await fn.invoke({}))).toBe(1);
});

test("after a reload new events run the new code and running ones finish on the old", async () => {
  const version = (n: number) => `export const handler = async ({ ms }) => {
    await new Promise((resolve) => setTimeout(resolve, ms ?? 0));
    return (await import("./late.ts")).version + ${n};
  };`;
  await write("src/late.ts", "export const version = 100;");
  await write("src/versioned.ts", version(1));
  const nodejs = { splitting: true };
  const fn = await create({ name: "versioned", handler: "src/versioned.handler", build: { nodejs, copyFiles: [] } });
  const old = fn.invoke({ ms: 1_000 });
  await expect.poll(() => fn.environments()).toMatchObject([{ busy: true }]);
  await write("src/versioned.ts", version(2));
  await write("src/late.ts", "export const version = 200;");
  await fn.reload();
  expect(payload(await fn.invoke({}))).toBe(202);
  // It loads a part of its bundle only now.
  expect(payload(await old)).toBe(101);
  await expect.poll(() => fn.environments()).toHaveLength(1);
});

test("a failed reload leaves the old code in service", async () => {
  await write("src/kept.ts", "export const handler = async () => 1;");
  const fn = await create({ name: "kept", handler: "src/kept.handler" });
  await write("src/kept.ts", "import './nowhere.ts';");
  await expect(fn.reload()).rejects.toThrow(/src\/kept\.ts:1:8: .*nowhere/);
  expect(payload(await fn.invoke({}))).toBe(1);
});

test("stop waits for running events and ends every process", async () => {
  const fn = await create();
  const event = fn.invoke({ do: "sleep", ms: 500 });
  await expect.poll(() => fn.environments()).toMatchObject([{ busy: true }]);
  await fn.stop();
  const { pid } = payload(await event);
  expect(isAlive(pid)).toBe(false);
  expect(await fn.invoke({ do: "count" })).toMatchObject({ kind: "Throttled" });
});

test("stop does not wait for ever", async () => {
  const fn = await create();
  const event = fn.invoke({ do: "sleep", ms: 9_000 });
  await expect.poll(() => fn.environments()).toMatchObject([{ busy: true }]);
  await fn.stop(100);
  expect(await event).toMatchObject({ ok: false, kind: "Exit" });
});

test("no environment outlives this program when it is killed, whatever it does", async () => {
  const script = `
    import { createFunction } from ${JSON.stringify(path.join(import.meta.dirname, "function.ts"))};
    const options = ${JSON.stringify({ fn: graphFunction(), env: {}, root, outDir: path.join(root, "orphans") })};
    const fn = await createFunction({ ...options, log: () => {}, maxEnvironments: 3 });
    await Promise.all([fn.invoke({ do: "sleep", ms: 200 }), fn.invoke({ do: "sleep", ms: 200 })]);
    void fn.invoke({ do: "loop" });
    setTimeout(() => console.log(JSON.stringify(fn.environments())), 500);
  `;
  await write("parent.ts", script);
  const parent = spawn(process.execPath, [path.join(root, "parent.ts")], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: parent.stdout }), "line");
  const environments: { pid: number; busy: boolean }[] = JSON.parse(line);
  expect(environments.map(({ busy }) => busy).sort()).toEqual([false, true]);
  parent.kill("SIGKILL");
  await expect.poll(() => environments.filter(({ pid }) => isAlive(pid)), { timeout: 5_000 }).toEqual([]);
});

test("an inspector can be attached", async () => {
  const fn = await create({ timeoutSeconds: 1 }, { inspect: true });
  expect((await fn.invoke({ do: "sleep", ms: 1_500 })).ok).toBe(true);
  expect(logs).toContainEqual(
    expect.objectContaining({ function: "act", message: expect.stringMatching(/^Debugger listening on ws:\/\/127/) }),
  );
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a clock that is wrong is wrong for the code, and not for the time that is left", async () => {
  const tenMinutes = 600_000;
  const fn = await create({ timeoutSeconds: 9 }, { clockOffsetMs: -tenMinutes });
  const before = Date.now();
  const { now, made, of, left } = payload(await fn.invoke({ do: "clock" }));
  for (const time of [now, made]) {
    expect(time).toBeGreaterThanOrEqual(before - tenMinutes);
    expect(time).toBeLessThanOrEqual(Date.now() - tenMinutes);
  }
  expect(of).toBe(0);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(9_000);
});
