import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { expect, test } from "vitest";
import { amazonRdsRoots, sslOptions } from "./tls.ts";

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
