import { defineConfig } from "vitest/config";

/** What a mutant of core or functions must not survive. The server is the one of the whole run: TEST_MYSQL_URL. */
export default defineConfig({
  test: {
    include: ["packages/{core,functions}/src/**/*.test.ts"],
    // A busy machine must kill no mutant.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ["dot"],
  },
});
