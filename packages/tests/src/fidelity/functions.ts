import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { GraphFunction } from "@appointments/graph/graph";
import { createFunction, type FunctionOptions, type LocalFunction } from "@appointments/local/lambda/function";
import type { FunctionLog } from "@appointments/local/lambda/log";
import { root as repository } from "../repository.ts";

export type Functions = Awaited<ReturnType<typeof functionsOfTest>>;

/**
 * Lambda functions of a test file, run as `npm start` runs them: bundled, in processes of their own. They may import what
 * `packages/core` may, so also `sst`.
 */
export async function functionsOfTest() {
  const root = await mkdtemp(join(tmpdir(), "fidelity-"));
  await symlink(join(repository, "packages/core/node_modules"), join(root, "node_modules"));
  const made: LocalFunction[] = [];
  const logs: FunctionLog[] = [];
  return {
    /** What all of them have logged. */
    logs,
    /** Makes a function of a module's text, which exports `handler`. */
    async create(source: string, fn: Partial<GraphFunction> = {}, options: Partial<FunctionOptions> = {}) {
      const name = fn.name ?? `fn${made.length}`;
      const file = join(root, `src/${name}.ts`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, source);
      const created = await createFunction({
        fn: { ...describe(name), ...fn, handler: `src/${name}.handler` },
        env: { AWS_REGION: "us-east-1" },
        root,
        outDir: join(root, "out"),
        log: (line) => void logs.push(line),
        ...options,
      });
      made.push(created);
      return created;
    },
    /** Ends them and removes what was written. */
    async remove(): Promise<void> {
      await Promise.all(made.map((fn) => fn.stop(0)));
      await rm(root, { recursive: true, force: true });
    },
  };
}

function describe(name: string): Omit<GraphFunction, "handler"> {
  return {
    name,
    functionName: `fidelity-${name}`,
    arn: `arn:aws:lambda:us-east-1:123456789012:function:fidelity-${name}`,
    runtime: "nodejs24.x",
    architectures: ["arm64"],
    memoryMb: 256,
    timeoutSeconds: 10,
    environment: {},
    links: [],
    statements: [],
    managedPolicies: [],
    build: { nodejs: {}, copyFiles: [] },
  };
}
