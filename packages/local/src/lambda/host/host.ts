/**
 * The inside of an execution environment: loads one function's bundle and runs one event after another.
 *
 * It is the entry of a child process that has the function's environment variables and nothing else. Its arguments are
 * the handler (`bundle.handler`), the folder of V8's compile cache and the offset of its clock in
 * milliseconds. Events come and answers go over IPC; logs are lines on stdout.
 */

import { enableCompileCache, flushCompileCache } from "node:module";
import { patchConsole, realNow, setClock, setRequestId } from "./console.ts";
import { loadHandler } from "./handler.ts";
import { type HostMessage, type InvokeMessage, runtimeError, toLambdaError } from "./message.ts";

/** Lambda's limit on a synchronous answer; its error message names this number of bytes. */
const maxResponseBytes = 6_291_556;

const [handlerName = "", compileCache = "", clockOffsetMs = "0"] = process.argv.slice(2);
setClock(Number(clockOffsetMs));
const { channel } = process;
const ipc = process.send?.bind(process);
// Code must not find out that it runs in a child process: on Lambda it does not.
Reflect.deleteProperty(process, "send");
if (channel === undefined || channel === null || ipc === undefined) throw new Error("host.ts runs only as a child");

/** The running invocation. */
let current: InvokeMessage | undefined;
let cached = false;

const send = (message: HostMessage) => new Promise<void>((sent) => ipc(message, undefined, undefined, () => sent()));

async function die(error: Error, code: number): Promise<void> {
  console.error(error);
  await send({ type: "fatal", error: toLambdaError(error) });
  process.exit(code);
}

// The one who started us is gone: nobody can want an answer any more.
process.on("disconnect", () => process.exit(0));
process.on("uncaughtException", (error) => void die(error, 129));
process.on("unhandledRejection", (reason) => {
  void die(runtimeError("UnhandledPromiseRejection", String(reason), reason), 128);
});
// The event loop ran empty during an invocation: its promise can never settle.
process.on("beforeExit", () => {
  if (current === undefined) return;
  const message =
    "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise " +
    "that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes";
  void fail(current.requestId, runtimeError("NodeJsExit", message));
});

patchConsole(process.env.AWS_LAMBDA_LOG_LEVEL);
if (compileCache !== "") enableCompileCache(compileCache);

try {
  const handler = await loadHandler(process.cwd(), handlerName);
  process.on("message", (message) => void invoke(handler, message as InvokeMessage));
  await send({ type: "ready" });
  await send({ type: "idle" });
} catch (error) {
  console.error(error);
  await send({ type: "init-error", error: toLambdaError(error) });
  process.exit(1);
}

async function invoke(handler: Awaited<ReturnType<typeof loadHandler>>, message: InvokeMessage): Promise<void> {
  current = message;
  setRequestId(message.requestId);
  process.env._X_AMZN_TRACE_ID = message.traceId;
  // Only the handler's own work may keep the process alive now; see `beforeExit`.
  channel?.unref();
  try {
    const response = await handler(JSON.parse(message.event), lambdaContext(message));
    await answer(message.requestId, response);
  } catch (error) {
    await fail(message.requestId, error);
  }
}

async function answer(requestId: string, response: unknown): Promise<void> {
  if (current?.requestId !== requestId) return;
  let payload: string;
  try {
    payload = JSON.stringify(response) ?? "null";
  } catch (error) {
    return fail(requestId, runtimeError("JSONStringifyError", "Unable to stringify response body", error));
  }
  if (Buffer.byteLength(payload) > maxResponseBytes) {
    const errorType = "Function.ResponseSizeTooLarge";
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${maxResponseBytes} bytes).`;
    return finish({ type: "error", requestId, error: { errorType, errorMessage } });
  }
  return finish({ type: "response", requestId, payload });
}

async function fail(requestId: string, thrown: unknown): Promise<void> {
  if (current?.requestId !== requestId) return;
  console.error(thrown instanceof Error ? thrown : new Error(String(thrown)));
  await finish({ type: "error", requestId, error: toLambdaError(thrown) });
}

async function finish(message: HostMessage): Promise<void> {
  current = undefined;
  channel?.ref();
  await send(message);
  // Once, after the first event, so that what it compiled on its way is kept too.
  if (!cached && compileCache !== "") flushCompileCache();
  cached = true;
  if (current === undefined) await send({ type: "idle" });
}

function lambdaContext(message: InvokeMessage): object {
  const { env } = process;
  return {
    awsRequestId: message.requestId,
    invokedFunctionArn: message.functionArn,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    clientContext: undefined,
    identity: undefined,
    getRemainingTimeInMillis: () => message.deadline - realNow(),
  };
}
