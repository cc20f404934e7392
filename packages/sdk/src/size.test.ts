import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundle } from "./build.ts";

/** Bytes of code as it is shipped, readable, when it is sent compressed. */
const sizeOf = async (entry: string) => gzipSync(await bundle(entry), { level: 9 }).length;

test("the core that fetches has at most 3 KB, the whole at most 6", async () => {
  expect(await sizeOf("http/send.ts")).toBeLessThanOrEqual(3 * 1024);
  expect(await sizeOf("index.ts")).toBeLessThanOrEqual(6 * 1024);
});
