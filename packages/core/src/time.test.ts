import { expect, test } from "vitest";
import { fullJitter, withRetry } from "./time.ts";

const backoff = { baseMs: 100, capMs: 1_000 };
const quick = { baseMs: 1, capMs: 1 };

test("the longest wait doubles from the base up to the cap", () => {
  const longest = [1, 2, 3, 4, 5, 50].map((attempt) => fullJitter(attempt, backoff, () => 0.999_999_9));
  expect(longest).toEqual([99, 199, 399, 799, 999, 999]);
});

test("the jitter is full: no wait at all is possible", () => {
  expect(fullJitter(5, backoff, () => 0)).toBe(0);
});

test("work that fails twice with something passing is done at the third try", async () => {
  let tries = 0;
  const work = async () => {
    tries++;
    if (tries < 3) throw new Error("not yet");
    return "done";
  };
  expect(await withRetry(work, { attempts: 3, ...quick, retry: () => true })).toBe("done");
});

test.each([
  { why: "when the tries are used up", retry: true, tries: 3 },
  { why: "at once when another try cannot help", retry: false, tries: 1 },
])("it gives up $why", async ({ retry, tries }) => {
  let tried = 0;
  const work = async () => {
    tried++;
    throw new Error("no");
  };
  await expect(withRetry(work, { attempts: 3, ...quick, retry: () => retry })).rejects.toThrow("no");
  expect(tried).toBe(tries);
});
