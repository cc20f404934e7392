import type { InvokeResult } from "@appointments/local/lambda/invoke";
import { afterAll, beforeAll, expect } from "vitest";
import { behaviour, targetName } from "./behaviour.ts";
import { type Functions, functionsOfTest } from "./functions.ts";
import { documented, type Row, recorded } from "./row.ts";

/** Does what the event says. */
const source = `
  let counter = 0;
  let ticks = 0;
  let firedAt;
  const ticking = setInterval(() => ticks++, 5);
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const actions = {
    count: () => ({ counter: counter++, pid: process.pid }),
    ticks: () => ticks,
    sleep: async ({ ms }) => { await sleep(ms); return process.pid; },
    throw: () => { throw new TypeError("it broke"); },
    exit: () => process.exit(0),
    reject: async () => { Promise.reject(new Error("nobody waits")); await sleep(1000); },
    memory: async () => { const all = []; while (all.length < 75) { all.push(Buffer.alloc(8e6, 1)); await sleep(2); } },
    large: ({ bytes }) => "x".repeat(bytes - 2),
    echo: (event) => event,
    nothing: () => undefined,
    environment: () => process.env,
    context: (_, context) => ({ ...context, left: context.getRemainingTimeInMillis() }),
    late: async () => { setTimeout(() => { firedAt = Date.now(); }, 20); return "answered"; },
    fired: async () => { await sleep(100); return firedAt; },
  };
  export const handler = async (event, context) => actions[event.do](event, context);
`;

let functions: Functions;
beforeAll(async () => {
  if (targetName === "embedded") functions = await functionsOfTest();
});
afterAll(() => functions?.remove());

const create: Functions["create"] = (text, fn, options) => functions.create(text, fn, options);

// The answers are the function's own; each row says what it expects in them.
// biome-ignore lint/suspicious/noExplicitAny: see above
function payload(result: InvokeResult): any {
  if (!result.ok) throw new Error(`${result.errorType}: ${result.errorMessage}`);
  return result.payload;
}

const guide = "https://docs.aws.amazon.com/lambda/latest/dg";
const environments = `${guide}/lambda-runtime-environment.html`;
const limits = `${guide}/gettingstarted-limits.html`;
const row = (id: string, says: string, docs: string, evidence: Row["evidence"] = documented): Row => ({
  id: `lambda.${id}`,
  area: "Lambda",
  says,
  docs,
  evidence,
  // Other targets run no functions of a Node version that this project's code needs.
  targets: ["embedded"],
});
const recording = (test: string, date = "2025-11-24") => recorded("lambda_/test_lambda", test, date);

behaviour(
  row(
    "init.once",
    "A module is initialised once per environment; what it keeps is there at the next event.",
    environments,
    recording("test_lambda_cache_local[nodejs]"),
  ),
  async () => {
    const fn = await create(source);
    const first = payload(await fn.invoke({ do: "count" }));
    expect(first.counter).toBe(0);
    expect(payload(await fn.invoke({ do: "count" }))).toEqual({ counter: 1, pid: first.pid });
  },
);

behaviour(
  row(
    "one.event",
    "An environment has one event at a time; as many run in parallel as there are events at once.",
    `${guide}/lambda-concurrency.html`,
  ),
  async () => {
    const fn = await create(source, {}, { maxEnvironments: 4 });
    const events = Array.from({ length: 4 }, () => fn.invoke({ do: "sleep", ms: 400 }));
    await expect.poll(() => fn.environments().filter(({ busy }) => busy).length, { timeout: 20_000 }).toBe(4);
    const pids = (await Promise.all(events)).map(payload);
    expect(new Set(pids).size).toBe(4);
  },
);

behaviour(
  row(
    "reserved",
    "Events over a function's reserved concurrency are refused with TooManyRequestsException.",
    `${guide}/configuration-concurrency.html`,
    recording("test_lambda_concurrency_block"),
  ),
  async () => {
    const fn = await create(source, { reservedConcurrency: 1 });
    const first = fn.invoke({ do: "sleep", ms: 200 });
    expect(await fn.invoke({ do: "count" })).toMatchObject({
      errorType: "TooManyRequestsException",
      errorMessage: "Rate Exceeded.",
    });
    expect((await first).ok).toBe(true);
  },
);

behaviour(
  row(
    "timeout.kills",
    "An event that takes longer than the timeout is answered Sandbox.Timedout; its environment begins anew.",
    `${guide}/configuration-timeout.html`,
    recording("test_lambda_invoke_with_timeout", "2025-11-25"),
  ),
  async () => {
    const fn = await create(source, { timeoutSeconds: 1 });
    const before = payload(await fn.invoke({ do: "count" }));
    const slow = await fn.invoke({ do: "sleep", ms: 5_000 });
    expect(slow).toMatchObject({
      ok: false,
      errorType: "Sandbox.Timedout",
      errorMessage: `RequestId: ${slow.requestId} Error: Task timed out after 1.00 seconds`,
    });
    const after = payload(await fn.invoke({ do: "count" }));
    expect(after.counter).toBe(0);
    expect(after.pid).not.toBe(before.pid);
  },
);

behaviour({
  ...row(
    "timeout.tmp",
    "After a timeout the environment's /tmp is still there, though the module begins anew.",
    environments,
    recording("test_lambda_invoke_timed_out_environment_reuse", "2024-04-08"),
  ),
  unchecked:
    "Here /tmp is this machine's, the same for all functions, so it says nothing. No function of this app writes there.",
});

behaviour(
  row(
    "exit",
    "A runtime that exits by itself is answered Runtime.ExitError, and the next event gets a new one.",
    environments,
    recording("test_lambda_runtime_exit"),
  ),
  async () => {
    const fn = await create(source);
    const gone = await fn.invoke({ do: "exit" });
    expect(gone).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${gone.requestId} Error: Runtime exited without providing a reason`,
    });
    expect(payload(await fn.invoke({ do: "count" }))).toMatchObject({ counter: 0 });
  },
);

behaviour(
  row(
    "memory.kills",
    "A function that takes more memory than it has is killed; the next event gets a new environment.",
    `${guide}/configuration-memory.html`,
  ),
  async () => {
    const fn = await create(source, { memoryMb: 192 });
    const killed = await fn.invoke({ do: "memory" });
    expect(killed).toMatchObject({
      ok: false,
      errorType: "Runtime.OutOfMemory",
      errorMessage: `RequestId: ${killed.requestId} Error: Runtime exited with error: signal: killed`,
    });
    expect(payload(await fn.invoke({ do: "count" }))).toMatchObject({ counter: 0 });
  },
);

behaviour(
  row(
    "error",
    "A handler that throws is answered with the error's type, message and trace; the environment goes on.",
    `${guide}/nodejs-exceptions.html`,
  ),
  async () => {
    const fn = await create(source);
    await fn.invoke({ do: "count" });
    expect(await fn.invoke({ do: "throw" })).toMatchObject({
      ok: false,
      errorType: "TypeError",
      errorMessage: "it broke",
      trace: expect.arrayContaining([expect.stringContaining("TypeError: it broke")]),
    });
    expect(payload(await fn.invoke({ do: "count" }))).toMatchObject({ counter: 1 });
  },
);

behaviour(
  row("rejection", "A rejection that nobody handles ends the environment.", `${guide}/nodejs-exceptions.html`),
  async () => {
    const fn = await create(source);
    await fn.invoke({ do: "count" });
    expect(await fn.invoke({ do: "reject" })).toMatchObject({
      ok: false,
      errorType: "Runtime.UnhandledPromiseRejection",
    });
    expect(payload(await fn.invoke({ do: "count" }))).toMatchObject({ counter: 0 });
  },
);

behaviour(
  row(
    "context",
    "The context names the request, the function, its memory, its log, and the time that is left.",
    `${guide}/nodejs-context.html`,
    recorded("lambda_/test_lambda_common", "test_introspection_invoke[nodejs24.x]", "2026-01-12"),
  ),
  async () => {
    const fn = await create(source, { name: "context", timeoutSeconds: 7 });
    const result = await fn.invoke({ do: "context" });
    expect(payload(result)).toMatchObject({
      awsRequestId: result.requestId,
      functionName: "fidelity-context",
      functionVersion: "$LATEST",
      invokedFunctionArn: fn.arn,
      memoryLimitInMB: "256",
      logGroupName: "/aws/lambda/fidelity-context",
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    });
    expect(payload(result).left).toBeGreaterThan(0);
    expect(payload(result).left).toBeLessThanOrEqual(7_000);
  },
);

behaviour(
  row("frozen", "Between events an environment is frozen: nothing runs in it until the next one.", environments),
  async () => {
    const fn = await create(source);
    const before = payload(await fn.invoke({ do: "ticks" }));
    await new Promise((done) => setTimeout(done, 400));
    // Its timer would have fired about eighty times.
    expect(payload(await fn.invoke({ do: "ticks" })) - before).toBeLessThan(20);
  },
);

behaviour(
  row("frozen.late", "What a handler leaves running goes on with a later event, not before.", environments),
  async () => {
    const fn = await create(source);
    expect(payload(await fn.invoke({ do: "late" }))).toBe("answered");
    await new Promise((done) => setTimeout(done, 200));
    const before = Date.now();
    expect(payload(await fn.invoke({ do: "fired" }))).toBeGreaterThanOrEqual(before);
  },
);

/**
 * What Lambda sets for nodejs24.x, as recorded, without AWS_LAMBDA_RUNTIME_API, LAMBDA_RUNTIME_DIR, LD_LIBRARY_PATH and
 * NODE_PATH: what they name is on AWS's machine only.
 */
const recordedNames = [
  ...["AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME"],
  ...["AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME"],
  ...["AWS_LAMBDA_LOG_STREAM_NAME", "AWS_REGION", "AWS_XRAY_CONTEXT_MISSING", "AWS_XRAY_DAEMON_ADDRESS"],
  ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_TASK_ROOT", "LANG", "PATH", "PWD"],
  ...["SHLVL", "TZ", "_AWS_XRAY_DAEMON_ADDRESS", "_AWS_XRAY_DAEMON_PORT", "_HANDLER", "_X_AMZN_TRACE_ID"],
];

behaviour(
  row(
    "environment",
    "A function's environment is its own variables and what Lambda sets, and nothing else.",
    `${guide}/configuration-envvars.html`,
    recorded("lambda_/test_lambda_common", "test_introspection_invoke[nodejs24.x]", "2026-01-12"),
  ),
  async () => {
    // As the local system gives them to each function.
    const credentials = { AWS_ACCESS_KEY_ID: "k", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "t" };
    const given = { ...credentials, AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-east-1" };
    process.env.FIDELITY_OF_THE_RUNNER = "not for functions";
    const fn = await create(source, { environment: { TEST_KEY: "TEST_VAL" } }, { env: given });
    const found = payload(await fn.invoke({ do: "environment" }));
    delete process.env.FIDELITY_OF_THE_RUNNER;
    // With the JSON log format, Lambda says so.
    expect(Object.keys(found).sort()).toEqual([...recordedNames, "AWS_LAMBDA_LOG_FORMAT", "TEST_KEY"].sort());
    expect(found).toMatchObject({
      TEST_KEY: "TEST_VAL",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
      LANG: "en_US.UTF-8",
      SHLVL: "0",
      TZ: ":UTC",
    });
  },
);

behaviour(
  row(
    "environment.limit",
    "All variables together, as JSON, may have 4,096 bytes; with one more the function is refused.",
    limits,
    recorded(
      "lambda_/test_lambda_api",
      "test_lambda_envvars_near_limit_succeeds, test_large_environment_variables_fails",
      "2025-11-25",
    ),
  ),
  async () => {
    const around = Buffer.byteLength(JSON.stringify({ LARGE_VAR: "" }));
    const variables = (bytes: number) => ({ LARGE_VAR: "x".repeat(bytes - around) });
    await expect(create(source, { environment: variables(4096) })).resolves.toBeDefined();
    await expect(create(source, { name: "large", environment: variables(4097) })).rejects.toThrow(
      /refuse function large: its environment variables come to 4097 bytes, the limit is 4 KB/,
    );
    // It is bytes that count, and every variable.
    await expect(create(source, { environment: { A: "é".repeat(2048) } })).rejects.toThrow(/4 KB/);
    const two = { A: "x".repeat(2048), B: "x".repeat(2048) };
    await expect(create(source, { environment: two })).rejects.toThrow(/4 KB/);
  },
);

behaviour(
  row(
    "response.limit",
    "An answer of 6 MB passes; one over 6,291,556 bytes is Function.ResponseSizeTooLarge, and the environment goes on.",
    limits,
    recording("test_lambda_too_large_response"),
  ),
  async () => {
    const fn = await create(source);
    await fn.invoke({ do: "count" });
    expect(payload(await fn.invoke({ do: "large", bytes: 6 * 1024 * 1024 }))).toHaveLength(6 * 1024 * 1024 - 2);
    expect(await fn.invoke({ do: "large", bytes: 7 * 1024 * 1024 })).toMatchObject({
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    });
    expect(payload(await fn.invoke({ do: "count" }))).toMatchObject({ counter: 1 });
  },
);

behaviour(
  row(
    "event.limit",
    "An event of 5 MB reaches the function; one over 6 MB is refused before anything runs.",
    limits,
    recording("test_large_payloads"),
  ),
  async () => {
    const fn = await create(source);
    const large = { do: "echo", test: "test123456".repeat(500_000) };
    expect(payload(await fn.invoke(large))).toEqual(large);
    const result = await fn.invoke({ do: "echo", test: "x".repeat(6 * 1024 * 1024) });
    expect(result).toMatchObject({ ok: false, errorType: "RequestEntityTooLargeException" });
  },
);

behaviour(
  row("answer.nothing", "A handler that returns nothing answers null.", `${guide}/nodejs-handler.html`),
  async () => {
    const fn = await create(source);
    expect(payload(await fn.invoke({ do: "nothing" }))).toBeNull();
  },
);

behaviour(
  row("callback", "Since Node.js 24 a handler with a callback does not load.", `${guide}/nodejs-handler.html`),
  async () => {
    const fn = await create("export const handler = (event, context, callback) => callback(null, 1);");
    expect(await fn.invoke({})).toMatchObject({ ok: false, errorType: "Runtime.CallbackHandlerDeprecated" });
  },
);

behaviour({
  ...row(
    "cold",
    "A new environment takes from tenths of a second to seconds, more in a VPC or with much code.",
    environments,
  ),
  unchecked: "Environments start on this machine, with its processor and its disk.",
});

behaviour({
  ...row(
    "cpu",
    "Processor time is in proportion to memory: one whole core at 1,769 MB.",
    `${guide}/configuration-memory.html`,
  ),
  unchecked: "Here an environment gets what the machine has.",
});

behaviour({
  ...row("readonly", "A function may write to /tmp only.", environments),
  unchecked: "Here its folder can be written to. No function of this app does; its links are read there.",
});
