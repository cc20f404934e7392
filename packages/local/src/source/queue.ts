import type { GraphMapping, GraphQueue } from "@appointments/graph/graph";
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { backoffMs, pause } from "../aws/backoff.ts";
import type { ServiceLog } from "../aws/log.ts";
import type { Invoke } from "../lambda/invoke.ts";
import { sqsRecord } from "./event.ts";
import { checkMapping } from "./mapping.ts";
import { batchOutcome } from "./outcome.ts";

export interface Mapping {
  /** Invocations under way. */
  inFlight: () => number;
  /**
   * Receives no more, waits for the invocations under way and puts back what was received but not handed out.
   *
   * @param timeoutMs how long to wait for invocations; what they hold comes back after its visibility timeout
   */
  stop: (timeoutMs?: number) => Promise<void>;
}

/** Lambda hands a function at most 6 MB. */
const maxPayloadBytes = 6 * 1024 * 1024;
/** How much longer than SQS itself waits its answer may take, in milliseconds; a call without one is given up. */
const defaultAnswerMs = 5_000;
/** Lambda starts with five concurrent batches and grows; one machine stays there. */
const defaultConcurrency = 5;

/**
 * Polls a queue for a function as a Lambda event source mapping does.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 *
 * There is one poller: it takes a free place (of `maximumConcurrency`), gathers a batch, hands it to an invocation of
 * its own and goes on. So an idle mapping costs one long poll, and no message waits, invisible, for a place.
 *
 * @param options.client signs with the function's own credentials: a mapping polls in its role
 * @param options.answerMs how much longer than SQS itself waits its answer may take; 5 s when absent
 * @param options.allows whether the function's role may do an action on a resource
 * @throws what CreateEventSourceMapping would refuse
 */
export function startMapping(options: {
  mapping: GraphMapping;
  queue: GraphQueue;
  /** The function's timeout, in seconds. */
  timeoutSeconds: number;
  invoke: Invoke;
  client: SQSClient;
  allows: (action: string, resource: string) => boolean;
  log: ServiceLog;
  answerMs?: number;
}): Mapping {
  checkMapping(options);
  const { mapping, queue, invoke, client, log, answerMs = defaultAnswerMs } = options;
  const places = mapping.maximumConcurrency ?? defaultConcurrency;
  const stopping = new AbortController();
  const hangUp = new AbortController();
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
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const batch = carried;
      carried = [];
      try {
        await gather(batch);
        receiveFailures = 0;
      } catch (error) {
        if (!stopping.signal.aborted) {
          receiveFailures++;
          log("error", `${mapping.name}: cannot receive from ${queue.name}: ${describe(error)}`);
        }
      }
      if (batch.length > 0 && !stopping.signal.aborted) start(fitting(batch));
      else carried = batch;
      // A function that fails is called less often, as Lambda lowers a mapping's concurrency then.
      const failures = receiveFailures > 0 ? receiveFailures : Math.min(invokeFailures, 4);
      if (failures > 0) await pause(backoffMs(failures), stopping.signal);
    }
    await release(carried);
  }

  /** As much of a batch as one invocation takes; the rest is carried over. */
  function fitting(batch: Message[]): Message[] {
    let bytes = 0;
    const count = batch.findIndex((message) => {
      bytes += payloadBytes(message);
      return bytes > maxPayloadBytes;
    });
    carried = count < 1 ? [] : batch.slice(count);
    return count < 1 ? batch : batch.slice(0, count);
  }

  function payloadBytes(message: Message): number {
    return Buffer.byteLength(JSON.stringify(sqsRecord(message, queue.arn))) + 1;
  }

  /** Fills `batch` until it is full, or the window since its first message is over, or stopping. */
  async function gather(batch: Message[]): Promise<void> {
    let bytes = batch.reduce((sum, message) => sum + payloadBytes(message), 0);
    let deadline = batch.length > 0 ? Date.now() : Number.POSITIVE_INFINITY;
    while (batch.length < mapping.batchSize && !stopping.signal.aborted) {
      const left = deadline - Date.now();
      if (left <= 0) return;
      // With a window the poll may not outlast it; SQS counts in seconds, so the rest below one is polled short.
      const waitSeconds = Math.min(20, Math.floor(left / 1000));
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queue.url,
          MaxNumberOfMessages: Math.min(10, mapping.batchSize - batch.length),
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ["All"],
          MessageAttributeNames: ["All"],
        }),
        { abortSignal: AbortSignal.any([hangUp.signal, AbortSignal.timeout(waitSeconds * 1000 + answerMs)]) },
      );
      batch.push(...Messages);
      bytes += Messages.reduce((sum, message) => sum + payloadBytes(message), 0);
      if (bytes >= maxPayloadBytes) return;
      if (batch.length > 0 && deadline === Number.POSITIVE_INFINITY) {
        if (mapping.windowSeconds === 0) return;
        deadline = Date.now() + mapping.windowSeconds * 1000;
      } else if (Messages.length === 0 && waitSeconds === 0) {
        await pause(Math.min(200, Math.max(1, deadline - Date.now())), stopping.signal);
      }
    }
  }

  function start(batch: Message[]): void {
    const work = runBatch(batch).finally(() => {
      working.delete(work);
      wake();
    });
    working.add(work);
  }

  async function runBatch(batch: Message[]): Promise<void> {
    const result = await invoke({ Records: batch.map((message) => sqsRecord(message, queue.arn)) });
    const ids = batch.map(({ MessageId = "" }) => MessageId);
    const { done, reason } = batchOutcome(ids, result, mapping.partialResponses);
    if (reason !== undefined) {
      log("warn", `${mapping.name}: ${batch.length - done.length} of ${batch.length} messages stay in ${queue.name}`, {
        reason,
        requestId: result.requestId,
      });
    }
    invokeFailures = result.ok ? 0 : invokeFailures + 1;
    await remove(batch.filter(({ MessageId = "" }) => done.includes(MessageId)));
  }

  /** What cannot be deleted is delivered again: at least once is what a queue promises. */
  async function remove(batch: Message[]): Promise<void> {
    let entries = batch.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    for (let attempt = 1; entries.length > 0; attempt++) {
      const left: typeof entries = [];
      for (const chunk of chunks(entries)) {
        try {
          const { Failed = [] } = await client.send(
            new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries: chunk }),
            { abortSignal: AbortSignal.timeout(answerMs) },
          );
          const failed = new Set(Failed.map(({ Id }) => Id));
          left.push(...chunk.filter(({ Id }) => failed.has(Id)));
        } catch (error) {
          if (attempt >= 4) log("error", `${mapping.name}: cannot delete from ${queue.name}: ${describe(error)}`);
          left.push(...chunk);
        }
      }
      if (left.length > 0 && attempt >= 4) {
        log("error", `${mapping.name}: ${left.length} processed messages stay in ${queue.name} and will come again`);
        return;
      }
      entries = left;
      if (entries.length > 0) await pause(backoffMs(attempt));
    }
  }

  async function release(batch: Message[]): Promise<void> {
    const entries = batch.map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    for (const chunk of chunks(entries)) {
      await client
        .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue.url, Entries: chunk }), {
          abortSignal: AbortSignal.timeout(answerMs),
        })
        .catch((error: unknown) => log("warn", `${mapping.name}: messages stay invisible for now: ${describe(error)}`));
    }
  }

  const polling = poll();
  return {
    inFlight: () => working.size,
    stop: async (timeoutMs = 30_000) => {
      stopping.abort();
      // Messages may be on their way right now: a poll that brings some ends by itself, one that waits is given up.
      const grace = setTimeout(() => hangUp.abort(), 250);
      await polling;
      clearTimeout(grace);
      const limit = new AbortController();
      const late = pause(timeoutMs, limit.signal).then(() => working.size > 0 && !limit.signal.aborted);
      const finished = Promise.allSettled([...working]).then(() => false);
      if (await Promise.race([finished, late])) {
        log("warn", `${mapping.name}: ${working.size} invocations did not end within ${timeoutMs} ms`);
      }
      limit.abort();
    },
  };
}

function chunks<T>(entries: T[]): T[][] {
  return Array.from({ length: Math.ceil(entries.length / 10) }, (_, index) =>
    entries.slice(index * 10, index * 10 + 10),
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
