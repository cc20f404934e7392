import type { Message } from "@aws-sdk/client-sqs";
import { backoffMs, pause, within } from "../aws/service.ts";
import type { Invoke } from "../lambda/invoke.ts";
import { batchOutcome, sqsRecord } from "./event.ts";
import { describe, fitting, gather, type Polling, release, remove } from "./receive.ts";

/** How much longer than SQS itself waits its answer may take, in milliseconds; a call without one is given up. */
const defaultAnswerMs = 5_000;
/** Lambda starts with five concurrent batches and grows; one machine stays there. */
const defaultConcurrency = 5;

export interface MappingOptions extends Pick<Polling, "mapping" | "queue" | "client" | "log"> {
  /** The function's timeout, in seconds. */
  timeoutSeconds: number;
  invoke: Invoke;
  /** Whether the function's role may do an action on a resource. */
  allows: (action: string, resource: string) => boolean;
  /** How much longer than SQS itself waits its answer may take; 5 s when absent. */
  answerMs?: number;
}

/**
 * Polls a queue for a function as a Lambda event source mapping does.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 *
 * There is one poller: it takes a free place (of `maximumConcurrency`), gathers a batch, hands it to an invocation of
 * its own and goes on. So an idle mapping costs one long poll, and no message waits, invisible, for a place.
 *
 * @throws what CreateEventSourceMapping would refuse
 */
export function startMapping(options: MappingOptions) {
  checkMapping(options);
  const { mapping, queue, invoke, log } = options;
  const places = mapping.maximumConcurrency ?? defaultConcurrency;
  const stopping = new AbortController();
  const hangUp = new AbortController();
  const polling: Polling = {
    ...{ mapping, queue, log, client: options.client, answerMs: options.answerMs ?? defaultAnswerMs },
    ...{ stopping: stopping.signal, hangUp: hangUp.signal },
  };
  const working = new Set<Promise<void>>();
  /** Received, but too large to go with the batch before. */
  let carried: Message[] = [];
  let receiveFailures = 0;
  let invokeFailures = 0;
  let wake = () => {};
  stopping.signal.addEventListener("abort", () => wake());

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (working.size >= places) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
        continue;
      }
      const batch = carried;
      carried = [];
      try {
        await gather(polling, batch);
        receiveFailures = 0;
      } catch (error) {
        if (!stopping.signal.aborted) {
          receiveFailures++;
          log("error", `${mapping.name}: cannot receive from ${queue.name}: ${describe(error)}`);
        }
      }
      const [now, later] = stopping.signal.aborted ? [[], batch] : fitting(queue, batch);
      carried = later;
      if (now.length > 0) start(now);
      // A function that fails is called less often, as Lambda lowers a mapping's concurrency then.
      const failures = receiveFailures > 0 ? receiveFailures : Math.min(invokeFailures, 4);
      if (failures > 0) await pause(backoffMs(failures), stopping.signal);
    }
    await release(polling, carried);
  }

  function start(batch: Message[]): void {
    const work = runBatch(polling, batch, invoke, (ok) => {
      invokeFailures = ok ? 0 : invokeFailures + 1;
    }).finally(() => {
      working.delete(work);
      wake();
    });
    working.add(work);
  }

  const polled = poll();
  return {
    /** Invocations under way. */
    inFlight: () => working.size,
    /**
     * Receives no more, waits for the invocations under way and puts back what was received but not handed out.
     *
     * @param timeoutMs how long to wait for invocations; what they hold comes back after its visibility timeout
     */
    stop: async (timeoutMs = 30_000): Promise<void> => {
      stopping.abort();
      // Messages may be on their way right now: a poll that brings some ends by itself, one that waits is given up.
      const grace = setTimeout(() => hangUp.abort(), 250);
      await polled;
      clearTimeout(grace);
      if ((await within(Promise.allSettled(working), timeoutMs)) === undefined) {
        log("warn", `${mapping.name}: ${working.size} invocations did not end within ${timeoutMs} ms`);
      }
    },
  };
}

export type Mapping = ReturnType<typeof startMapping>;

/** @param ended called as soon as the function has answered, before the messages are deleted */
async function runBatch(
  polling: Polling,
  batch: Message[],
  invoke: Invoke,
  ended: (ok: boolean) => void,
): Promise<void> {
  const { mapping, queue, log } = polling;
  const result = await invoke({ Records: batch.map((message) => sqsRecord(message, queue.arn)) });
  ended(result.ok);
  const ids = batch.map(({ MessageId = "" }) => MessageId);
  const { done, reason } = batchOutcome(ids, result, mapping.partialResponses);
  if (reason !== undefined) {
    const stay = `${batch.length - done.length} of ${batch.length} messages stay in ${queue.name}`;
    log("warn", `${mapping.name}: ${stay}`, { reason, requestId: result.requestId });
  }
  const deleted = batch.filter(({ MessageId = "" }) => done.includes(MessageId));
  await remove(polling, deleted);
}

/**
 * Refuses what Lambda's CreateEventSourceMapping refuses, in its words.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 *
 * @throws naming the mapping
 */
function checkMapping({ mapping, queue, timeoutSeconds, allows }: MappingOptions): void {
  const refuse = (message: string) => new Error(`Event source mapping ${mapping.name}: ${message}`);
  const known = [
    ...["name", "queueArn", "functionArn", "batchSize"],
    ...["windowSeconds", "maximumConcurrency", "partialResponses"],
  ];
  for (const [field, value] of Object.entries(mapping)) {
    if (value === undefined || known.includes(field)) continue;
    throw refuse(`${field} is not supported by the local system (${JSON.stringify(value)}).`);
  }
  if (queue.fifo && mapping.batchSize > 10) throw refuse("A FIFO queue's batch size is at most 10.");
  if (!between(mapping.batchSize, 1, 10_000)) throw refuse("The batch size must be from 1 to 10000.");
  if (!between(mapping.windowSeconds, 0, 300)) throw refuse("The batching window must be from 0 to 300 seconds.");
  if (mapping.batchSize > 10 && mapping.windowSeconds === 0) {
    throw refuse("Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10");
  }
  if (mapping.maximumConcurrency !== undefined && !between(mapping.maximumConcurrency, 2, 1000)) {
    throw refuse("MaximumConcurrency must be from 2 to 1000.");
  }
  if (queue.visibilityTimeoutSeconds < timeoutSeconds) {
    throw refuse(
      `Queue visibility timeout: ${queue.visibilityTimeoutSeconds} seconds is less than ` +
        `Function timeout: ${timeoutSeconds} seconds`,
    );
  }
  for (const action of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]) {
    if (allows(`sqs:${action}`, queue.arn)) continue;
    throw refuse(`The provided execution role does not have permissions to call ${action} on SQS`);
  }
}

function between(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
