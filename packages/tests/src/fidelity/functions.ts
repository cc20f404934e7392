import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { GraphFunction, GraphMapping } from "@appointments/graph/graph";
import { createFunction, type FunctionOptions, type LocalFunction } from "@appointments/local/lambda/function";
import type { Invoke, InvokeResult } from "@appointments/local/lambda/invoke";
import type { FunctionLog } from "@appointments/local/lambda/log";
import type { SqsRecord } from "@appointments/local/source/event";
import { type Mapping, startMapping } from "@appointments/local/source/queue";
import { root as repository } from "../repository.ts";
import type { Target } from "./topology.ts";

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

export type Handler = (records: SqsRecord[]) => unknown;

/** Consumes a queue of the topology by an event source mapping; without `invoke`, by a handler in this process. */
export function consume(
  target: Target,
  queueName: string,
  handler: Handler | { invoke: Invoke },
  more: Partial<GraphMapping> = {},
): { batches: SqsRecord[][]; mapping: Mapping } {
  const queue = target.graph.queues.find(({ name }) => name === queueName);
  if (queue === undefined) throw new Error(`no queue ${queueName} in the topology`);
  const batches: SqsRecord[][] = [];
  const invoke = typeof handler === "function" ? inProcess(handler) : handler.invoke;
  const mapping = startMapping({
    mapping: {
      name: queueName,
      queueArn: queue.arn,
      functionArn: `arn:aws:lambda:${target.region}:${target.account}:function:${queueName}`,
      batchSize: 10,
      windowSeconds: 0,
      partialResponses: true,
      ...more,
    },
    queue: { ...queue, url: target.queueUrl(queueName) },
    timeoutSeconds: 1,
    client: target.sqs,
    allows: () => true,
    log: () => {},
    invoke: (event) => {
      batches.push((event as { Records: SqsRecord[] }).Records);
      return invoke(event);
    },
  });
  return { batches, mapping };
}

function inProcess(handler: Handler): Invoke {
  const ran = { requestId: "r", durationMs: 1 };
  return async (event): Promise<InvokeResult> => {
    try {
      return { ok: true, payload: await handler((event as { Records: SqsRecord[] }).Records), ...ran };
    } catch (error) {
      return { ok: false, kind: "Unhandled", errorType: "Error", errorMessage: String(error), ...ran };
    }
  };
}
