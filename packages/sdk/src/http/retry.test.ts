import { describe, expect, test } from "vitest";
import { defaultRetry, delayMs, isPassing, readRetryAfter } from "./retry.ts";

describe("the wait before a retry", () => {
  test("is random, up to a limit that doubles and then stays", () => {
    for (const [done, limit] of [200, 400, 800, 1_600].entries()) {
      const delays = Array.from({ length: 200 }, () => delayMs(done, defaultRetry) ?? -1);
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...delays)).toBeLessThanOrEqual(limit);
      expect(new Set(delays).size).toBeGreaterThan(100);
      expect(Math.max(...delays)).toBeGreaterThan(limit / 2);
    }
    expect(delayMs(9, { ...defaultRetry, retries: 10 })).toBeLessThanOrEqual(defaultRetry.maxMs);
  });

  test("comes after what the API asks for, with a random part, so that not all come back at once", () => {
    const delays = Array.from({ length: 200 }, () => delayMs(0, defaultRetry, 7_000) ?? -1);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(7_000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(7_200);
    expect(new Set(delays).size).toBeGreaterThan(100);
  });

  test("is none after the last retry, and when the API asks for more than is waited for", () => {
    expect(delayMs(defaultRetry.retries, defaultRetry)).toBeUndefined();
    expect(delayMs(0, { ...defaultRetry, retries: 0 })).toBeUndefined();
    expect(delayMs(0, defaultRetry, 60_000)).toBeGreaterThanOrEqual(60_000);
    expect(delayMs(0, defaultRetry, 60_001)).toBeUndefined();
  });
});

test("only what passes by itself is tried again", () => {
  const tried = Array.from({ length: 500 }, (_, index) => 100 + index).filter(isPassing);
  expect(tried).toEqual([429, 502, 503, 504]);
});

test.each([
  [null, undefined],
  ["2", 2_000],
  [" 120 ", 120_000],
  ["0", 0],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["soon", undefined],
  ["", undefined],
])("Retry-After: %s asks for %s ms", (header, ms) => {
  expect(readRetryAfter(header)).toBe(ms);
});

test("a Retry-After that is a date asks for what is left until then", () => {
  const ms = readRetryAfter(new Date(Date.now() + 3_600_000).toUTCString());
  expect(ms).toBeGreaterThan(3_500_000);
  expect(ms).toBeLessThanOrEqual(3_600_000);
});
