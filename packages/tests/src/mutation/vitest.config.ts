import { defineConfig } from "vitest/config";

/** Tests of what a module reads from its environment when it is loaded. */
const own = ["environment", "entry", "migrate"].map((name) => `packages/functions/src/${name}.test.ts`);

/** What a mutant of core or functions must not survive. The server is the one of the whole run: TEST_MYSQL_URL. */
export default defineConfig({
  test: {
    // A busy machine must kill no mutant.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ["dot"],
    maxWorkers: 1,
    projects: [
      // One environment for all files of a run is three times as fast; each run, so each mutant, has a new one.
      project("shared", { include: ["packages/{core,functions}/src/**/*.test.ts"], exclude: own, isolate: false }),
      project("own", { include: own, isolate: true }),
    ],
  },
});

function project(name: string, test: { include: string[]; exclude?: string[]; isolate: boolean }) {
  return { extends: true, test: { name, ...test } } as const;
}
