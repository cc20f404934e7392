import type { Graph, GraphRule } from "@appointments/graph/graph";
import {
  QueueDoesNotExist,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
  SQSServiceException,
} from "@aws-sdk/client-sqs";
import { refusal } from "../../aws/delivery.ts";
import { type Pattern, readPattern } from "../../aws/pattern/pattern.ts";
import type { ServiceLog } from "../../aws/service.ts";
import type { Delivery } from "../../endpoint/fauxqs/delivery.ts";

/** An event on its way: as it was put, and as EventBridge's envelope in JSON. */
export interface BusEvent {
  fields: Record<string, unknown>;
  envelope: string;
}

/** Puts events before a rule; resolves, for each, to why nobody has it now, or to undefined. */
export type DeliverEvents = (rule: GraphRule, events: BusEvent[]) => Promise<(string | undefined)[]>;

type Target = GraphRule["targets"][number];

/** SQS's limit on a batch, in bytes. */
const maxBatchBytes = 1024 * 1024;

/**
 * EventBridge's side of a rule: matches events against its pattern and sends them to its targets, queues all.
 *
 * What a target can never take (its policy does not let the rule in, it is gone, the event is too large) goes to the
 * target's dead-letter queue at once, with AWS's attributes, or without one is dropped, as on AWS; the log says so.
 * What cannot be reached just now is an error to whoever put the events: there are no retries in the background that
 * would be lost with this process.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html
 *
 * @param options.onDelivery called for each event in a target
 * @throws {PatternFault} when a rule's pattern is none
 */
export function createRules(options: {
  graph: Graph;
  /** Sends as the owner of the queues. */
  sqs: SQSClient;
  log: ServiceLog;
  onDelivery: (delivery: Delivery) => void;
}): DeliverEvents {
  const { graph, sqs, log, onDelivery } = options;
  const urlOf = (queueArn: string) => graph.queues.find(({ arn }) => arn === queueArn)?.url ?? "";
  const patterns = new Map<GraphRule, Pattern>(graph.rules.map((rule) => [rule, readPattern(rule.pattern)]));

  return async (rule, events) => {
    const errors: (string | undefined)[] = events.map(() => undefined);
    const matching = [...events.keys()].filter((index) => patterns.get(rule)?.(events[index]?.fields ?? {}));
    for (const target of rule.targets) {
      const why = refusal(graph, target.arn, { service: "events.amazonaws.com", arn: rule.arn });
      for (const batch of batches(matching, (index) => Buffer.byteLength(events[index]?.envelope ?? ""))) {
        const bodies = batch.map((index) => events[index]?.envelope ?? "");
        try {
          const failures =
            why === undefined
              ? await sendBatch(sqs, urlOf(target.arn), bodies)
              : bodies.map((): Undeliverable => ({ code: "NO_PERMISSIONS", message: why }));
          for (const [position, failure] of failures.entries()) {
            const body = bodies[position] ?? "";
            if (failure) await deadLetter(rule, target, body, failure);
            else onDelivery({ topicArn: rule.arn, queueName: queueNameOf(target.arn), bytes: Buffer.byteLength(body) });
          }
        } catch (error) {
          for (const index of batch) errors[index] = error instanceof Error ? error.message : String(error);
        }
      }
    }
    return errors;
  };

  async function deadLetter(rule: GraphRule, target: Target, body: string, failure: Undeliverable): Promise<void> {
    const what = `rule ${rule.name}: an event for ${target.arn} could not be delivered (${failure.message})`;
    const { deadLetterArn } = target;
    if (deadLetterArn === undefined) return log("error", `${what}; there is no dead-letter queue, so it is dropped`);
    const why = refusal(graph, deadLetterArn, { service: "events.amazonaws.com", arn: rule.arn });
    if (why !== undefined) return log("error", `${what}; it is dropped, because ${why}`);
    const attributes = {
      RULE_ARN: rule.arn,
      TARGET_ARN: target.arn,
      ERROR_CODE: failure.code,
      ERROR_MESSAGE: failure.message,
      RETRY_ATTEMPTS: "0",
    };
    const lost = await send(sqs, urlOf(deadLetterArn), body, attributes);
    if (lost) log("error", `${what}; it is dropped: ${lost.message}`);
    else log("warn", `${what}; it is in ${queueNameOf(deadLetterArn)}`);
  }
}

/** In order, at most ten together and no more than fit into one call. */
function batches(indexes: number[], bytesOf: (index: number) => number): number[][] {
  const all: number[][] = [];
  let bytes = 0;
  for (const index of indexes) {
    const last = all.at(-1);
    bytes += bytesOf(index);
    if (last && last.length < 10 && bytes <= maxBatchBytes) {
      last.push(index);
    } else {
      all.push([index]);
      bytes = bytesOf(index);
    }
  }
  return all;
}

/** Why a queue will not take a message, however often it is tried; codes as in EventBridge's dead letters. */
interface Undeliverable {
  code: "NO_PERMISSIONS" | "NO_RESOURCE" | "SDK_CLIENT_ERROR";
  message: string;
}

/** @param attributes message attributes, all of type String */
async function send(sqs: SQSClient, QueueUrl: string, MessageBody: string, attributes: Record<string, string>) {
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
  );
  const command = new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes });
  return sqs.send(command).then(() => undefined, undeliverable);
}

/** Sends at most ten; answers for each what is wrong with it, if anything. */
async function sendBatch(sqs: SQSClient, QueueUrl: string, bodies: string[]): Promise<(Undeliverable | undefined)[]> {
  const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  const result = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })).catch(undeliverable);
  if ("code" in result) return bodies.map(() => result);
  const failed = new Map(result.Failed?.map(({ Id, Message = "not sent" }) => [Id, Message]));
  return bodies.map((_, index) => {
    const message = failed.get(String(index));
    return message === undefined ? undefined : { code: "SDK_CLIENT_ERROR", message };
  });
}

/** @throws what is not the message's fault: SQS does not answer, or has failed itself */
function undeliverable(error: unknown): Undeliverable {
  if (!(error instanceof SQSServiceException) || (error.$metadata.httpStatusCode ?? 500) >= 500) throw error;
  return { code: error instanceof QueueDoesNotExist ? "NO_RESOURCE" : "SDK_CLIENT_ERROR", message: error.message };
}

function queueNameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(":") + 1);
}
