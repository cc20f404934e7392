import { AppError } from "../error.ts";

/** How a server says that it is read-only (1290, 1836): since a failover the primary is another one. */
const readOnly = new Set<unknown>(["ER_OPTION_PREVENTS_STATEMENT", "ER_READ_ONLY_MODE"]);

/**
 * What passes by itself, soon: deadlock (1213), lock wait timeout (1205), no free connection, a server that stops or
 * fails over, a lost or refused connection.
 */
const passing = new Set<unknown>([
  "ER_LOCK_DEADLOCK",
  "ER_LOCK_WAIT_TIMEOUT",
  "ER_CON_COUNT_ERROR",
  "ER_TOO_MANY_USER_CONNECTIONS",
  "ER_USER_LIMIT_REACHED",
  "ER_SERVER_SHUTDOWN",
  "ER_QUERY_INTERRUPTED",
  ...readOnly,
  "PROTOCOL_CONNECTION_LOST",
  "ECONNREFUSED",
  "ECONNRESET",
  "ETIMEDOUT",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
]);

/** The error of MySQL, mysql2 or Node inside what Drizzle throws. */
interface SqlError {
  code?: unknown;
  sqlState?: unknown;
  fatal?: unknown;
}

function sqlErrorOf(error: unknown): SqlError {
  let inner = error;
  while (inner instanceof Error && !("code" in inner) && inner.cause !== undefined) inner = inner.cause;
  return typeof inner === "object" && inner !== null ? inner : {};
}

/** Whether the same statement is worth another try within the second. */
export function isPassing(error: unknown): boolean {
  if (error instanceof AppError) return error.retry;
  const { code } = sqlErrorOf(error);
  // mysql2 gives no code to a command on a connection that it has closed.
  return typeof code === "string" ? passing.has(code) : isLost(error);
}

/** How a server says that a change of the schema is there already: a table, column or key that is there, or is gone. */
const alreadyDone = new Set<unknown>([
  "ER_TABLE_EXISTS_ERROR",
  "ER_DUP_FIELDNAME",
  "ER_DUP_KEYNAME",
  "ER_MULTIPLE_PRI_KEY",
  "ER_BAD_TABLE_ERROR",
  "ER_CANT_DROP_FIELD_OR_KEY",
]);

/** Whether a statement of a migration failed because an earlier try, that stopped, had done it. */
export const isAlreadyDone = (error: unknown): boolean => alreadyDone.has(sqlErrorOf(error).code);

/** Whether a unique key said no. */
export const isDuplicate = (error: unknown): boolean => sqlErrorOf(error).code === "ER_DUP_ENTRY";

/** Whether the data is at fault (SQLSTATE classes 21, 22, 23): no other message is concerned. */
export function isFault(error: unknown): boolean {
  const { sqlState } = sqlErrorOf(error);
  return typeof sqlState === "string" && /^(21|22|23)/.test(sqlState);
}

/**
 * Whether the connection must not be used again: the error did not come from the server as an answer, or the server has
 * become read-only, and who stays there can never write again.
 */
export function isLost(error: unknown): boolean {
  const { code, sqlState, fatal } = sqlErrorOf(error);
  return fatal === true || typeof sqlState !== "string" || readOnly.has(code);
}

/**
 * A database's error as ours: `database_failed` when the data is at fault (SQLSTATE classes 21, 22, 23), else
 * `database_unavailable`: whatever else is wrong with a database, no message is at fault.
 */
export function databaseTrouble(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { code } = sqlErrorOf(error);
  const name = typeof code === "string" ? code : "no code";
  if (isFault(error)) {
    const message = `The database refuses the data (${name}); correct the message and redrive it`;
    return new AppError("database_failed", message, { cause: error });
  }
  const message = `The database does not answer as it should (${name}); look at the server, the link and the migrations`;
  return new AppError("database_unavailable", message, { cause: error });
}
