import { stripVTControlCharacters, styleText } from "node:util";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** One event of the local system, logged by a function or by the system itself. */
export interface LogEntry {
  /** ISO 8601, UTC. */
  time: string;
  level: LogLevel;
  /** Who logged it: a function's name, or `gateway`, `mysql`, `api`, … */
  source: string;
  message: string;
  /** Further fields, e.g. `requestId`. */
  [field: string]: unknown;
}

const color: Record<LogLevel, Parameters<typeof styleText>[0]> = {
  debug: "dim",
  info: "reset",
  warn: "yellow",
  error: "red",
};

/**
 * One line for people: `12:00:00.123 consumer       order.packed orderId=…4f1c09ab`. Never more than one line. Ids are
 * cut to what tells them apart; whole ids, stacks and all that is left out here are in the log file.
 */
export function formatEntry({ time, level, source, message, ...fields }: LogEntry): string {
  const details = Object.entries(fields)
    .filter(([name, value]) => value !== undefined && name !== "stackTrace")
    .map(([name, value]) => (name === "traceparent" ? `trace=${traceOf(value)}` : `${name}=${shown(value)}`))
    .join(" ");
  const line = `${time.slice(11, 23)} ${source.padEnd(13)} ${shortIds(message)}${details ? ` ${details}` : ""}`;
  return styleText(color[level], stripVTControlCharacters(line).replaceAll(/\s*\n\s*/g, " ⏎ "), {
    validateStream: true,
  });
}

/** The end of an id as {@link formatEntry} shows it, or the whole id. */
export function namesId(given: string, id: unknown): boolean {
  if (typeof id !== "string") return false;
  const end = given.replace(/^…/, "").toLowerCase();
  return id.toLowerCase() === end || (end.length >= 8 && id.toLowerCase().endsWith(end));
}

// The beginning of a UUIDv7 is the time: many that are made together share it.
const shortIds = (text: string): string =>
  text.replaceAll(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{4}([0-9a-f]{8})\b/gi, "…$1");

/** The beginning of the trace's id; that of the span tells nobody anything. */
const traceOf = (value: unknown): string => String(value).split("-")[1]?.slice(0, 8) ?? String(value);

function shown(value: unknown): string {
  if (typeof value === "string") return shortIds(value);
  if (typeof value !== "object" || value === null) return String(value);
  return "name" in value && "stack" in value ? errorOf(value) : shortIds(JSON.stringify(value));
}

/** An error in a word and its place: `AppError(database_unavailable) connect ECONNREFUSED at src/pool.ts:12:3`. */
function errorOf(error: { name: unknown; stack: unknown; code?: unknown; message?: unknown; cause?: unknown }): string {
  const { name, code, message, stack, cause } = error;
  const frames = Array.isArray(stack) ? stack.map(String) : String(stack).split("\n");
  const own = frames.find((frame) => /\bat\b/.test(frame) && !frame.includes("node:") && !/node_modules/.test(frame));
  const place = own === undefined ? "" : ` at ${own.replace(/^\s*at /, "").replace(/^.*\((.*)\)$/, "$1")}`;
  const words = [`${name}${code === undefined ? "" : `(${code})`}`, message ?? ""].filter((it) => it !== "").join(" ");
  const because = typeof cause === "object" && cause !== null && "name" in cause ? ` ← ${cause.name}` : "";
  return shortIds(`${words}${place}${because}`);
}
