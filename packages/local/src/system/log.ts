import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { stripVTControlCharacters, styleText } from "node:util";
import type { ServiceLog } from "../aws/service.ts";
import type { AccessLog } from "../http/api.ts";
import type { FunctionLogWriter } from "../lambda/log.ts";

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

export type SystemLog = (entry: Omit<LogEntry, "time"> & { time?: string }) => void;

const color: Record<LogLevel, Parameters<typeof styleText>[0]> = {
  debug: "dim",
  info: "reset",
  warn: "yellow",
  error: "red",
};

/** One line for people: `12:00:00.123 consumer       order.packed orderId=0193…`. Never more than one line; stacks are in the file. */
export function formatEntry({ time, level, source, message, ...fields }: LogEntry): string {
  const details = Object.entries(fields)
    .filter(([name, value]) => value !== undefined && name !== "stackTrace")
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
  const line = `${time.slice(11, 23)} ${source.padEnd(13)} ${message}${details ? ` ${details}` : ""}`;
  return styleText(color[level], stripVTControlCharacters(line).replaceAll(/\s*\n\s*/g, " ⏎ "), {
    validateStream: true,
  });
}

/** Writes every entry as JSON to `file`, and readably to `print`. */
export function openLog(file: string, print: (line: string) => void): { log: SystemLog; close(): Promise<void> } {
  mkdirSync(dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: "a" });
  return {
    log(entry) {
      const full: LogEntry = { ...entry, time: entry.time ?? new Date().toISOString() } as LogEntry;
      stream.write(`${JSON.stringify(full)}\n`);
      if (full.level !== "debug") print(formatEntry(full));
    },
    close: () => new Promise((done) => stream.end(done)),
  };
}

/* Each part of the system speaks of its own; here it becomes one log. */

/** What the gateway, the emulators and the event sources say. Their `info` is for the log file, not for the screen. */
export const serviceLog =
  (log: SystemLog, source: string): ServiceLog =>
  (level, message, fields = {}) =>
    log({ level: level === "info" ? "debug" : level, source, message, ...fields });

const levels: Record<string, LogLevel> = {
  TRACE: "debug",
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  ERROR: "error",
  FATAL: "error",
};

/** What functions log. An object with an `event` is that event and its fields. */
export const functionLog =
  (log: SystemLog): FunctionLogWriter =>
  ({ timestamp, level, message, function: source, requestId: _, ...rest }) => {
    const entry = { time: timestamp, level: levels[level] ?? "info", source };
    if (typeof message === "object" && message !== null) {
      const { event, ...fields } = message as Record<string, unknown>;
      const { errorType, errorMessage, ...others } = fields;
      if (typeof event === "string") log({ ...fields, ...rest, ...entry, message: event });
      else if (errorType !== undefined) log({ ...others, ...entry, message: `${errorType}: ${errorMessage}` });
      else log({ ...rest, ...entry, message: JSON.stringify(message) });
    } else {
      log({ ...rest, ...entry, message: String(message) });
    }
  };

/** What the API answers. Paths may hold personal data, so the route stands for the path. */
export const requestLog =
  (log: SystemLog) =>
  ({ method, status, durationMs, requestId }: AccessLog): void =>
    log({
      level: status >= 500 ? "error" : "debug",
      source: "api",
      message: `${method} ${status}`,
      durationMs: Math.round(durationMs),
      requestId,
    });
