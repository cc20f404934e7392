import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that evaluate production alone come first: the rest is only run when they have noticed nothing. */
const tests = [
  ...["given", "migration"].map((name) => `packages/infra/src/${name}.test.ts`),
  ...["delivery", "rules", "alarm", "rights", "database", "snapshot"].map(
    (name) => `packages/tests/src/graph/${name}.test.ts`,
  ),
];

/** Vitest asks for a class. */
class InThisOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => tests.findIndex((test) => moduleId.endsWith(test));
    return files.toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    include: tests,
    sequence: { sequencer: InThisOrder },
    // A busy machine must kill no mutant: one hook evaluates five kinds of stages.
    testTimeout: 300_000,
    hookTimeout: 600_000,
    reporters: ["dot"],
    bail: 1,
    maxWorkers: 1,
  },
});
