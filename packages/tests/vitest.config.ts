import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

/**
 * Every suite makes and removes its own tables, queues and databases, on free ports, so files run side by side.
 * `npm test -- packages/core` runs one package; `npm test -- -t "one slot"` runs what matches.
 */
export default defineConfig({
  root: resolve(import.meta.dirname, "../.."),
  test: {
    globalSetup: ["packages/tests/src/setup.ts"],
    include: ["packages/*/src/**/*.test.ts"],
    // The campaign of faults has a command of its own: npm run test:fault.
    exclude: ["packages/tests/src/fault/suite/**"],
    // Most of a suite's time is waiting for processes and messages, so more than one a core.
    maxWorkers: 4,
    // Ends what hangs; longer than `eventually` waits, so that it can say for what.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
});
