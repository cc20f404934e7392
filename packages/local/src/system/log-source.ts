import type { Log as GatewayLog } from "../aws/log.ts";
import type { AccessLog } from "../http/api.ts";
import type { Log as FunctionLog } from "../lambda/log.ts";
import type { Log, LogLevel } from "./log.ts";

/* Each part of the system speaks of its own; here it becomes one log. */

/** What the gateway, the emulators and the event sources say. Their `info` is for the log file, not for the screen. */
export const gatewayLog =
  (log: Log, source: string): GatewayLog =>
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
  (log: Log): FunctionLog =>
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

/** What the API answers. Paths name insured people, so the route stands for the path. */
export const requestLog =
  (log: Log) =>
  ({ method, status, durationMs, requestId }: AccessLog): void =>
    log({
      level: status >= 500 ? "error" : "debug",
      source: "api",
      message: `${method} ${status}`,
      durationMs: Math.round(durationMs),
      requestId,
    });
