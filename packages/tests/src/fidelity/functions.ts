import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { GraphFunction } from "@appointments/graph/graph";
import { createFunction, type FunctionOptions, type LocalFunction } from "@appointments/local/lambda/function";
import type { FunctionLog } from "@appointments/local/lambda/log";
import { root as repository } from "../repository.ts";

/** Lambda functions of a test file, run as `npm start` runs them: bundled, in processes of their own. */
export interface Functions {
  /** Makes a function of a module's text, which exports `handler`. */
  create(source: string, fn?: Partial<GraphFunction>, options?: Partial<FunctionOptions>): Promise<LocalFunction>;
  /** What all of them have logged. */
  logs: FunctionLog[];
  /** Ends them and removes what was written. */
  remove(): Promise<void>;
}

/** A place for functions; they may import what `packages/core` may, so also `sst`. */
export async function functionsOfTest(): Promise<Functions> {
  const root = await mkdtemp(join(tmpdir(), "fidelity-"));
  await symlink(join(repository, "packages/core/node_modules"), join(root, "node_modules"));
  const made: LocalFunction[] = [];
  const logs: FunctionLog[] = [];
  return {
    logs,
    async create(source, fn = {}, options = {}) {
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
    async remove() {
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
