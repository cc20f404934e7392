import { DrizzleQueryError } from "drizzle-orm/errors";
import { describe, expect, test } from "vitest";
import { AppError } from "../error.ts";
import { databaseTrouble, isAlreadyDone, isDuplicate, isFault, isLost, isPassing } from "./trouble.ts";

/** An error as mysql2 throws it, alone or inside Drizzle's. */
const sqlError = (code: string, sqlState?: string) =>
  Object.assign(new Error("no"), { code, ...(sqlState && { sqlState }) });
const wrapped = (error: Error) => new DrizzleQueryError("select 1", [], error);

describe("what is worth another try", () => {
  test.each([
    "ER_LOCK_DEADLOCK",
    "ER_LOCK_WAIT_TIMEOUT",
    "ER_CON_COUNT_ERROR",
    "ER_TOO_MANY_USER_CONNECTIONS",
    "ER_USER_LIMIT_REACHED",
    "ER_SERVER_SHUTDOWN",
    "ER_QUERY_INTERRUPTED",
    "ER_OPTION_PREVENTS_STATEMENT",
    "ER_READ_ONLY_MODE",
    "PROTOCOL_CONNECTION_LOST",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "EPIPE",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EHOSTUNREACH",
  ])("%s", (code) => {
    expect(isPassing(sqlError(code))).toBe(true);
    expect(isPassing(wrapped(sqlError(code, "HY000")))).toBe(true);
  });

  test("a command on a connection that was closed, which has no code", () => {
    expect(isPassing(new Error("Can't add new command when connection is in closed state"))).toBe(true);
  });

  test.each(["ER_DUP_ENTRY", "ER_NO_SUCH_TABLE", "ER_ACCESS_DENIED_ERROR", ""])("not %j", (code) => {
    expect(isPassing(sqlError(code, "42000"))).toBe(false);
  });

  test("what our own error says", () => {
    expect(isPassing(new AppError("database_unavailable", "Away"))).toBe(true);
    expect(isPassing(new AppError("database_failed", "No"))).toBe(false);
  });
});

test.each([
  ["21S01", true],
  ["22001", true],
  ["23000", true],
  ["42S02", false],
  ["HY000", false],
  ["08S22", false],
])("SQLSTATE %s: the data is at fault: %s", (sqlState, fault) => {
  expect(isFault(wrapped(sqlError("ER_X", sqlState)))).toBe(fault);
  expect(databaseTrouble(sqlError("ER_X", sqlState))).toMatchObject({
    code: fault ? "database_failed" : "database_unavailable",
    message: expect.stringContaining("ER_X"),
    retry: !fault,
  });
});

test("a unique key that says no is told from all else", () => {
  expect(isDuplicate(wrapped(sqlError("ER_DUP_ENTRY", "23000")))).toBe(true);
  expect(isDuplicate(sqlError("ER_BAD_NULL_ERROR", "23000"))).toBe(false);
});

describe("a connection is not used again", () => {
  test.each([
    ["when the error is no answer of the server", sqlError("ECONNRESET"), true],
    ["when the error is fatal", Object.assign(sqlError("ER_X", "HY000"), { fatal: true }), true],
    ["when the server has become read-only", sqlError("ER_READ_ONLY_MODE", "HY000"), true],
    ["when the server forbids writing", sqlError("ER_OPTION_PREVENTS_STATEMENT", "HY000"), true],
    ["unless the server has answered", sqlError("ER_LOCK_DEADLOCK", "40001"), false],
  ])("%s", (_, error, lost) => {
    expect(isLost(wrapped(error))).toBe(lost);
  });
});

test("what is no error of a database is one we cannot name; ours stays as it is", () => {
  const own = new AppError("database_failed", "No");
  expect(databaseTrouble(own)).toBe(own);
  for (const odd of ["odd", undefined, null]) {
    expect(databaseTrouble(odd)).toMatchObject({
      code: "database_unavailable",
      message: expect.stringContaining("no code"),
    });
  }
  expect(databaseTrouble(wrapped(sqlError("ER_DUP_ENTRY", "23000")))).toHaveProperty("cause");
});

test.each([
  "ER_TABLE_EXISTS_ERROR",
  "ER_DUP_FIELDNAME",
  "ER_DUP_KEYNAME",
  "ER_MULTIPLE_PRI_KEY",
  "ER_BAD_TABLE_ERROR",
  "ER_CANT_DROP_FIELD_OR_KEY",
])("%s: the change of the schema is there already", (code) => {
  expect(isAlreadyDone(wrapped(sqlError(code, "42000")))).toBe(true);
});

test.each(["ER_DUP_ENTRY", "ER_NO_SUCH_TABLE"])("%s: it is not", (code) => {
  expect(isAlreadyDone(wrapped(sqlError(code, "42000")))).toBe(false);
});
