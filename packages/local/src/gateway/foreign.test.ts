import { expect, test } from "vitest";
import { isForeign } from "./foreign.ts";

test.each([
  "127.0.0.1:4566",
  "localhost:4566",
  "localhost",
  "LocalHost:1",
  "api.localhost:80",
  "[::1]:4566",
  "127.9.9.9",
])("%s is this machine", (host) => {
  expect(isForeign({ host })).toBe(false);
  expect(isForeign({ host, origin: `http://${host}` })).toBe(false);
});

test.each([
  "evil.example",
  "evil.example:4566",
  "localhost.evil.example",
  "127.0.0.1.evil.example:4566",
  "127.0.0.1:4566@evil.example",
  "notlocalhost",
  "192.168.1.2:4566",
  "x/health?",
  "",
])("%j is not", (host) => {
  expect(isForeign({ host })).toBe(true);
  expect(isForeign({ host: "127.0.0.1", origin: `https://${host}` })).toBe(true);
});

test("a page without an origin of its own is foreign", () => {
  expect(isForeign({ host: "127.0.0.1", origin: "null" })).toBe(true);
});
