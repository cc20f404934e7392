import { hostname } from "node:os";
import type { GraphDatabase } from "@appointments/graph/graph";
import { escapeId, escape as quote } from "mysql2";

/**
 * SQL that gives each database its user, who may do everything in it and nothing outside; one statement an item.
 *
 * It also closes what a fresh data folder leaves open: an administrator without a password, whom anyone on this
 * machine could be.
 *
 * @param rootPassword - for `root`, who may then connect through the socket only
 */
export function accountSql(databases: GraphDatabase[], rootPassword: string): string[] {
  const open = ["127.0.0.1", "::1", hostname()].map((host) => `'root'@${quote(host)}`);
  return [
    `ALTER USER 'root'@'localhost' IDENTIFIED BY ${quote(rootPassword)}`,
    `DROP USER IF EXISTS ${open.join(", ")}`,
    ...databases.flatMap(({ database, username, password }) => {
      const account = `${quote(username)}@'%'`;
      // In a grant `_` and `%` are wildcards.
      const exactly = escapeId(database.replaceAll(/[_%]/g, "\\$&"), true);
      return [
        `CREATE DATABASE IF NOT EXISTS ${escapeId(database, true)} CHARACTER SET utf8mb4`,
        `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY ${quote(password)}`,
        `ALTER USER ${account} IDENTIFIED BY ${quote(password)}`,
        `GRANT ALL PRIVILEGES ON ${exactly}.* TO ${account}`,
      ];
    }),
  ];
}
