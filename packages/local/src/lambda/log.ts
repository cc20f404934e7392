/** One log line of a function, in the shape of Lambda's JSON log format, and whose it is. */
export interface FunctionLog {
  /** ISO 8601. */
  timestamp: string;
  level: (typeof levels)[number];
  /** Absent before the first invocation. */
  requestId?: string;
  /** What was logged: an object as it is, anything else as text. */
  message: unknown;
  /** Component name of the function, e.g. `consumer`. */
  function: string;
  [field: string]: unknown;
}

export type FunctionLogWriter = (line: FunctionLog) => void;

const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;

/**
 * Reads one line that a function wrote: a structured one as it is, any other (`process.stdout.write`, Node's own
 * warnings) as text of the given level.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function parseLog(line: string, name: string, level: FunctionLog["level"]): FunctionLog {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && "timestamp" in value && "level" in value && "message" in value) {
      const { timestamp, message } = value;
      const written = levels.find((known) => known === value.level);
      if (typeof timestamp === "string" && written) {
        return { ...value, timestamp, level: written, message, function: name };
      }
    }
  } catch {
    // Not JSON: plain text.
  }
  return { timestamp: new Date().toISOString(), level, message: line, function: name };
}
