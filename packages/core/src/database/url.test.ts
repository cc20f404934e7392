import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { expect, test } from "vitest";
import { amazonRdsRoots, parseDatabaseUrl, sslOptions } from "./url.ts";

test("user, password and database are decoded", () => {
  expect(parseDatabaseUrl("mysql://us%40er:p%2Fw%3A%23@db.example.com:3307/book%20ings")).toEqual({
    host: "db.example.com",
    port: 3307,
    user: "us@er",
    password: "p/w:#",
    database: "book ings",
    sslMode: "VERIFY_IDENTITY",
  });
});

test("the port is MySQL's unless told", () => {
  expect(parseDatabaseUrl("mysql://u@h/d")).toMatchObject({ port: 3306, password: "" });
});

test.each([
  ["127.0.0.1", "DISABLED"],
  ["localhost", "DISABLED"],
  ["[::1]", "DISABLED"],
  ["10.0.0.1", "VERIFY_IDENTITY"],
  ["127.0.0.1.example.com", "VERIFY_IDENTITY"],
  ["mylocalhost", "VERIFY_IDENTITY"],
  ["example.127.0.0.1.nip.io", "VERIFY_IDENTITY"],
  ["localhost.example.com", "VERIFY_IDENTITY"],
  ["db.cluster.us-east-1.rds.amazonaws.com", "VERIFY_IDENTITY"],
])("to %s the connection is %s unless told", (host, sslMode) => {
  expect(parseDatabaseUrl(`mysql://u:p@${host}/d`).sslMode).toBe(sslMode);
});

test.each(["DISABLED", "REQUIRED", "VERIFY_IDENTITY", "required"])("ssl-mode=%s is obeyed", (mode) => {
  expect(parseDatabaseUrl(`mysql://u:p@h/d?ssl-mode=${mode}`).sslMode).toBe(mode.toUpperCase());
});

test.each([
  ["", "no URL"],
  ["secret", "no URL"],
  ["postgres://u:secret@h/d", "begin with mysql://"],
  ["mysql://:secret@h/d", "the user is missing"],
  ["mysql://u:secret@h", "the name of one database"],
  ["mysql:///secret", "the host is missing"],
  ["mysql://u:secret@h/a/b", "the name of one database"],
  ["mysql://u:secret@h/d?ssl-mode=PREFERRED", "one of DISABLED, REQUIRED, VERIFY_IDENTITY"],
  ["mysql://u:secret@h/d?multipleStatements=true", "its only parameter can be ssl-mode"],
  ["mysql://u:secret%@h/d", "percent-encoded"],
])("%j is refused; the message says why, and does not show it", (url, why) => {
  try {
    parseDatabaseUrl(url);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: "configuration_invalid", message: expect.stringContaining(why) });
    expect(String(error)).not.toContain("secret");
  }
});

test("the roots of Amazon RDS are certificates", () => {
  const roots = amazonRdsRoots();
  expect(roots.length).toBeGreaterThan(50);
  for (const root of roots) expect(new X509Certificate(root).subject).toMatch(/Amazon|Starfield/);
});

test("VERIFY_IDENTITY trusts the public roots and those of RDS, and checks the name", () => {
  const options = sslOptions("VERIFY_IDENTITY");
  expect(options).toMatchObject({ rejectUnauthorized: true, verifyIdentity: true });
  expect(options?.ca).toEqual([...rootCertificates, ...amazonRdsRoots()]);
});

test("REQUIRED encrypts and trusts whoever answers; DISABLED does neither", () => {
  expect(sslOptions("REQUIRED")).toEqual({ rejectUnauthorized: false });
  expect(sslOptions("DISABLED")).toBeUndefined();
});
