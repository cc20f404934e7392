import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { ServiceLog } from "../aws/service.ts";
import type { AccessLog } from "../http/api.ts";
import type { FunctionLogWriter } from "../lambda/log.ts";
import { formatEntry, type LogEntry, type LogLevel } from "./line.ts";

export type SystemLog = (entry: Omit<LogEntry, "time"> & { time?: string }) => void;

/** Bytes from which a log file gives way to a new one: the old one is kept under another name until the next time. */
const rotateBytes = 20 * 1024 * 1024;

/** Where the older half of a log is, if there is one. */
export const olderLog = (file: string): string => file.replace(/\.jsonl$/, ".old.jsonl");

/**
 * Writes every entry as JSON to `file`, and readably to `print`.
 *
 * @param limit bytes at which the file is put aside as {@link olderLog} and begun anew
 */
export function openLog(
  file: string,
  print: (line: string) => void,
  limit = rotateBytes,
): { log: SystemLog; close(): Promise<void> } {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let stream = createWriteStream(file, { flags: "a", mode: 0o600 });
  let bytes = existsSync(file) ? statSync(file).size : 0;
  const ended: Promise<unknown>[] = [];
  let closed = false;
  const end = () => ended.push(new Promise<void>((done) => stream.end(done)));
  const rotate = () => {
    end();
    renameSync(file, olderLog(file));
    stream = createWriteStream(file, { flags: "a", mode: 0o600 });
    bytes = 0;
  };
  return {
    log(entry) {
      const full: LogEntry = { ...entry, time: entry.time ?? new Date().toISOString() } as LogEntry;
      const line = `${JSON.stringify(full)}\n`;
      if (!closed) {
        // Opened by now: a file that is not there cannot be renamed.
        if (bytes >= limit && existsSync(file)) rotate();
        bytes += Buffer.byteLength(line);
        stream.write(line);
      }
      if (full.level !== "debug") print(formatEntry(full));
    },
    async close() {
      if (!closed) end();
      closed = true;
      await Promise.all(ended);
    },
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
