import type { GraphMapping } from "@appointments/graph/graph";
import type { Invoke, InvokeResult } from "@appointments/local/lambda/invoke";
import type { SqsRecord } from "@appointments/local/source/event";
import { type Mapping, startMapping } from "@appointments/local/source/queue";
import type { Target } from "./target.ts";

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
