import type { Graph, GraphRule } from "@appointments/graph/graph";
import { refusal } from "../../aws/delivery.ts";
import { type Pattern, readPattern } from "../../aws/pattern/pattern.ts";
import { objects, parseObject, text } from "../../aws/request.ts";
import type { ServiceLog } from "../../aws/service.ts";
import { endpointOf } from "../../endpoint/emulators.ts";
import type { Delivery } from "../../endpoint/fauxqs/delivery.ts";
import { type Upstream, UpstreamError } from "../upstream.ts";

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
  /** Where SQS answers. */
  url: string;
  upstream: Upstream;
  log: ServiceLog;
  onDelivery: (delivery: Delivery) => void;
}): DeliverEvents {
  const { graph, log, onDelivery } = options;
  const queues = createQueueSender(options);
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
              ? await queues.sendBatch(target.arn, bodies)
              : bodies.map((): Undeliverable => ({ code: "NO_PERMISSIONS", message: why }));
          for (const [position, failure] of failures.entries()) {
            const body = bodies[position] ?? "";
            if (failure) await deadLetter(rule, target, body, failure);
            else onDelivery({ topicArn: rule.arn, queueName: queueNameOf(target.arn), bytes: Buffer.byteLength(body) });
          }
        } catch (error) {
          if (!(error instanceof UpstreamError)) throw error;
          for (const index of batch) errors[index] = error.message;
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
    const lost = await queues.send(deadLetterArn, body, attributes);
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
export interface Undeliverable {
  code: "NO_PERMISSIONS" | "NO_RESOURCE" | "SDK_CLIENT_ERROR";
  message: string;
}

/**
 * Sends messages to queues for a service of AWS, which has no client of its own.
 *
 * @param options.url where SQS answers
 * @throws {UpstreamError} when it does not
 */
export function createQueueSender({ graph, url, upstream }: { graph: Graph; url: string; upstream: Upstream }) {
  const { account, region } = graph;
  const endpoint = endpointOf(url, account);

  async function call(action: string, queueArn: string, params: Record<string, unknown>) {
    const date = new Date().toISOString().slice(0, 10).replaceAll("-", "");
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `AmazonSQS.${action}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${endpoint.credentials.accessKeyId}/${date}/${region}/sqs/aws4_request, SignedHeaders=host, Signature=0`,
    };
    const QueueUrl = `${endpoint.url}/${account}/${queueNameOf(queueArn)}`;
    const answer = await upstream.send(endpoint.url, headers, JSON.stringify({ QueueUrl, ...params }));
    const result = parseObject(answer.body) ?? {};
    if (answer.status === 200) return { result };
    const message = text(result.message) ?? text(result.Message) ?? `HTTP status ${answer.status}`;
    if (answer.status >= 500) throw new UpstreamError(message);
    const gone = /NonExistentQueue|QueueDoesNotExist/.test(String(result.__type));
    const failure: Undeliverable = { code: gone ? "NO_RESOURCE" : "SDK_CLIENT_ERROR", message };
    return { failure };
  }

  return {
    /** @param attributes message attributes, all of type String */
    async send(queueArn: string, body: string, attributes: Record<string, string>): Promise<Undeliverable | undefined> {
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
      );
      return (await call("SendMessage", queueArn, { MessageBody: body, MessageAttributes })).failure;
    },

    /** Sends at most ten; answers for each what is wrong with it, if anything. */
    async sendBatch(queueArn: string, bodies: string[]): Promise<(Undeliverable | undefined)[]> {
      const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      const { result, failure } = await call("SendMessageBatch", queueArn, { Entries });
      const failed = new Map(objects(result?.Failed).map((entry) => [entry.Id, text(entry.Message) ?? "not sent"]));
      return bodies.map((_, index) => {
        const message = failed.get(String(index));
        return failure ?? (message === undefined ? undefined : { code: "SDK_CLIENT_ERROR", message });
      });
    },
  };
}

export function queueNameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(":") + 1);
}
