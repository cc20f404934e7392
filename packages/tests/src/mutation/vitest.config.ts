import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { distance } from "./near.ts";

/** Runs the nearest tests of the mutant first, and ends with the first that fails. Vitest asks for a class. */
class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const mutated = process.env.MUTANT_FILE ?? "";
    const far = ({ moduleId }: TestSpecification) => distance(mutated, moduleId);
    return files.toSorted((a, b) => far(a) - far(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

/** Tests of what is read when a module is loaded. */
const own = ["packages/functions/src/environment.test.ts"];

/** What a mutant of core, functions or infra must not survive. The server is the one of the whole run: TEST_MYSQL_URL. */
export default defineConfig({
  test: {
    sequence: { sequencer: NearestFirst },
    bail: 1,
    maxWorkers: 1,
    // A machine that is busy must kill no mutant. An evaluation of the graph takes five seconds of a quiet one.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ["dot"],
    projects: [
      // One process for all is three times as fast.
      project("shared", { include: ["packages/{core,functions}/src/**/*.test.ts"], exclude: own, isolate: false }),
      project("own", { include: own, isolate: true }),
      project("infra", {
        include: ["packages/infra/src/*.test.ts", "packages/tests/src/graph/*.test.ts"],
        isolate: true,
      }),
    ],
  },
});

function project(name: string, test: { include: string[]; exclude?: string[]; isolate: boolean }) {
  return { extends: true, test: { name, ...test } } as const;
}
