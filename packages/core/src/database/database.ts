import { drizzle, type MySql2Database } from "drizzle-orm/mysql2";
import { createPool, type Pool, type PoolConnection } from "mysql2/promise";
import { AppError } from "../error.ts";
import { log } from "../log.ts";
import { withRetry } from "../time.ts";
import { databaseTrouble, isLost, isPassing } from "./trouble.ts";
import { parseDatabaseUrl, sslOptions } from "./url.ts";

/** What SQL is written with. */
export type Sql = MySql2Database;

/** A MySQL or MariaDB database, reached through a small pool. */
export interface Database {
  /**
   * Does `work` on one connection, again on a new one when it failed with something passing (limited, full jitter), so
   * `work` must be safe to repeat. Throws `database_unavailable` or `database_failed`.
   */
  run<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const attempts = 3;
const backoff = { baseMs: 50, capMs: 1_000 };

/**
 * Opens a database by its `mysql://` URL; the first `run` connects.
 *
 * An execution environment works on one event at a time, so two connections are enough. `deadlineMs` is for one try,
 * the wait for a connection included. With `serverOnly` the connection is to the server and to none of its databases.
 * Throws `configuration_invalid`.
 */
export function openDatabase(
  url: string,
  { deadlineMs = 5_000, connectionLimit = 2, serverOnly = false } = {},
): Database {
  const { sslMode, database, ...server } = parseDatabaseUrl(url);
  const address = serverOnly ? server : { ...server, database };
  const ssl = sslOptions(sslMode);
  const pool = createPool({
    ...address,
    ...(ssl && { ssl }),
    connectionLimit,
    connectTimeout: 3_000,
    timezone: "Z",
    charset: "utf8mb4",
  });
  return {
    run: async (work) => {
      try {
        return await withRetry(() => onConnection(pool, work, deadlineMs), {
          attempts,
          ...backoff,
          retry: isPassing,
          onRetry: (error, attempt) => log.warn("database.retry", { attempt, error }),
        });
      } catch (error) {
        throw databaseTrouble(error);
      }
    },
    close: () => pool.end(),
  };
}

async function onConnection<Result>(
  pool: Pool,
  work: (sql: Sql) => Promise<Result>,
  deadlineMs: number,
): Promise<Result> {
  const deadline = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    deadline.reject(new AppError("database_unavailable", `No answer from the database within ${deadlineMs} ms`));
  }, deadlineMs);
  const connecting = pool.getConnection();
  let connection: PoolConnection | undefined;
  try {
    connection = await Promise.race([connecting, deadline.promise]);
    const result = await Promise.race([work(drizzle({ client: connection })), deadline.promise]);
    connection.release();
    return result;
  } catch (error) {
    // A connection that still waits for an answer would give that answer to the next one who asks.
    if (!connection)
      connecting.then(
        (late) => late.release(),
        () => {},
      );
    else if (error instanceof AppError || isLost(error)) connection.destroy();
    else connection.release();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
