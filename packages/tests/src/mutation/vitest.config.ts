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

/** What a mutant of core, functions or infra must not survive. The server is the one of the whole run: TEST_MYSQL_URL. */
export default defineConfig({
  test: {
    include: ["packages/{core,functions}/src/**/*.test.ts", "packages/tests/src/graph/*.test.ts"],
    sequence: { sequencer: NearestFirst },
    bail: 1,
    maxWorkers: 1,
    // A mutant that waits for what will not come is found out sooner than in npm test.
    testTimeout: 15_000,
    hookTimeout: 60_000,
    reporters: ["dot"],
  },
});
