import { format } from "node:util";

const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
type Level = (typeof levels)[number];

let requestId: string | undefined;

/** Names the invocation that the following log lines belong to. */
export function setRequestId(id: string): void {
  requestId = id;
}

/**
 * Makes `console.*` write Lambda's JSON log lines: an object that stands alone is the message itself, several
 * arguments become text. Lines below `AWS_LAMBDA_LOG_LEVEL` are dropped.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function patchConsole(minimum: string | undefined): void {
  const from = Math.max(0, levels.indexOf((minimum ?? "TRACE").toUpperCase() as Level));
  const at = (level: Level) => (levels.indexOf(level) < from ? () => {} : (...args: unknown[]) => write(level, args));
  console.trace = at("TRACE");
  console.debug = at("DEBUG");
  console.info = at("INFO");
  console.log = console.info;
  console.warn = at("WARN");
  console.error = at("ERROR");
}

function write(level: Level, args: unknown[]): void {
  const line: Record<string, unknown> = { timestamp: new Date().toISOString(), level, requestId };
  if (args.length === 1) {
    line.message = args[0];
  } else {
    line.message = format(...args);
    const error = args.find((arg) => arg instanceof Error);
    if (error !== undefined) Object.assign(line, describe(error));
  }
  process.stdout.write(`${toJson(line)}\n`);
}

function toJson(line: Record<string, unknown>): string {
  try {
    return JSON.stringify(line, (_, value) => (value instanceof Error ? { ...describe(value), ...value } : value));
  } catch {
    // Circular, or a BigInt: text is better than nothing.
    return JSON.stringify({ ...line, message: format(line.message) });
  }
}

function describe(error: Error) {
  return {
    errorType: error.constructor.name,
    errorMessage: error.message,
    stackTrace: String(error.stack).split("\n"),
  };
}

/** This machine's time, in milliseconds. */
export const realNow = Date.now.bind(Date);

/** Puts the clock of this process forward, or back, by so many milliseconds, for all code that is loaded afterwards. */
export function setClock(offsetMs: number): void {
  if (offsetMs === 0) return;
  const now = () => realNow() + offsetMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
    apply: () => new Date(now()).toString(),
    get: (target, property, receiver) => (property === "now" ? now : Reflect.get(target, property, receiver)),
  });
}
