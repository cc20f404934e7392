import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { stripVTControlCharacters, styleText } from "node:util";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** One event of the local system: what a function logged, or what the system itself has to say. */
export interface LogEntry {
  /** ISO 8601, UTC. */
  time: string;
  level: LogLevel;
  /** Who says it: a function's name, or `gateway`, `mysql`, `api`, … */
  source: string;
  message: string;
  /** Further fields, e.g. `appointmentId`. */
  [field: string]: unknown;
}

export type Log = (entry: Omit<LogEntry, "time"> & { time?: string }) => void;

const color: Record<LogLevel, Parameters<typeof styleText>[0]> = {
  debug: "dim",
  info: "reset",
  warn: "yellow",
  error: "red",
};

/** One line for people: `12:00:00.123 appointmentPe  appointment.completed appointmentId=0193…`. Never more than one line; stacks are in the file. */
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
export function openLog(file: string, print: (line: string) => void): { log: Log; close(): Promise<void> } {
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
