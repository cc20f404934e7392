import type { Graph } from "@appointments/graph/graph";
import { objects, parseObject, text } from "../../aws/request.ts";
import { type Upstream, UpstreamError } from "../upstream.ts";

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

  async function call(action: string, queueArn: string, params: Record<string, unknown>) {
    const date = new Date().toISOString().slice(0, 10).replaceAll("-", "");
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `AmazonSQS.${action}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${account}/${date}/${region}/sqs/aws4_request, SignedHeaders=host, Signature=0`,
    };
    const QueueUrl = `${url}/${account}/${queueNameOf(queueArn)}`;
    const answer = await upstream.send(url, headers, JSON.stringify({ QueueUrl, ...params }));
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
