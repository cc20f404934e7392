import { expect, test } from "vitest";
import { newTraceparent, traceparentOf } from "./trace.ts";

const valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

test("the caller's trace is carried on", () => {
  expect(traceparentOf(valid)).toBe(valid);
});

test.each([
  undefined,
  "",
  valid.toUpperCase(),
  `${valid}-extra`,
  valid.replace("00-", "ff-"),
  "00-00000000000000000000000000000000-b7ad6b7169203331-01",
  "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
])("%j is no trace, so a new one begins", (header) => {
  const made = traceparentOf(header);
  expect(made).not.toBe(header);
  expect(traceparentOf(made)).toBe(made);
});

test("no two new traces are the same", () => {
  expect(newTraceparent()).not.toBe(newTraceparent());
});
