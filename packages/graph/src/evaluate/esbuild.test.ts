import { build } from "esbuild";
import { afterEach, expect, test, vi } from "vitest";
import { withEsbuild } from "./esbuild.ts";

const quick = { stdin: { contents: "1" }, write: false } as const;
/** Longer than esbuild is kept without work, milliseconds. */
const longMs = 60_000;

afterEach(() => {
  vi.useRealTimers();
});

test("who is at work is not left waiting when another had nothing more to do", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await withEsbuild(() => build(quick));
  const read = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const slow = withEsbuild(() =>
    build({
      ...quick,
      plugins: [
        {
          name: "slow",
          setup: ({ onStart }) => {
            onStart(async () => {
              begun.resolve();
              await read.promise;
            });
          },
        },
      ],
    }),
  );
  await begun.promise;
  await vi.advanceTimersByTimeAsync(longMs);
  read.resolve();
  expect((await slow).errors).toEqual([]);
});
