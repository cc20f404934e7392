import type { buildApp } from "fauxqs";
import { type AwsError, errorAnswer, isObject, objects, text } from "../../aws/request.ts";
import type { Origins, Stores } from "./queue.ts";

interface Call {
  headers: Record<string, unknown>;
  body: unknown;
}
interface Reply {
  status: (status: number) => Reply;
  header: (name: string, value: string) => Reply;
  send: (value: unknown) => void;
}

/**
 * Makes calls of SQS, and publishing, end as recordings of AWS do, where fauxqs does otherwise: what it lets pass is refused, in AWS's
 * words, and received messages hold the attributes that were asked for.
 */
export function repairCalls(app: ReturnType<typeof buildApp>, { sqsStore }: Stores, origins: Origins): void {
  app.addHook("preHandler", (call: Call, reply: Reply, done: () => void) => {
    const refused = isObject(call.body) ? publishFault(call.body) : undefined;
    if (refused) {
      const { status, body, headers } = errorAnswer({ service: "sns", protocol: "query" }, refused);
      return reply
        .status(status)
        .header("content-type", headers["content-type"] ?? "")
        .send(body);
    }
    const message = isObject(call.body) ? fault(actionOf(call), call.body) : undefined;
    if (message === undefined) return done();
    reply.status(400).header("content-type", "application/x-amz-json-1.0");
    reply.header("x-amzn-query-error", "InvalidParameterValue;Sender");
    reply.send({ __type: "com.amazonaws.sqs#InvalidParameterValue", message });
  });
  app.addHook("preSerialization", (call: Call, _reply: Reply, payload: unknown, done: Done) => {
    if (actionOf(call) !== "ReceiveMessage" || !isObject(call.body) || !isObject(payload)) return done(null, payload);
    const { body } = call;
    const queue = sqsStore.getQueue(text(body.QueueUrl) ?? "");
    for (const received of objects(payload.Messages)) {
      if (namesOf(body.MessageAttributeNames).length === 0) {
        delete received.MessageAttributes;
        delete received.MD5OfMessageAttributes;
      }
      const message = queue?.inflightMessages.get(text(received.ReceiptHandle) ?? "")?.message;
      const origin = message && origins.get(message);
      const asked = [...namesOf(body.MessageSystemAttributeNames), ...namesOf(body.AttributeNames)];
      if (origin && (asked.includes("All") || asked.includes("DeadLetterQueueSourceArn"))) {
        received.Attributes = { ...(received.Attributes as object | undefined), DeadLetterQueueSourceArn: origin };
      }
    }
    done(null, payload);
  });
}

type Done = (error: null, payload: unknown) => void;

function actionOf({ headers }: Call): string {
  return text(headers["x-amz-target"])?.replace("AmazonSQS.", "") ?? "";
}

function namesOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What AWS says against a parameter. */
function fault(action: string, body: Record<string, unknown>): string | undefined {
  if (action === "ReceiveMessage") {
    const { MaxNumberOfMessages: most } = body;
    if (typeof most !== "number" || (most >= 1 && most <= 10)) return undefined;
    return `Value ${most} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`;
  }
  if (action !== "SendMessage" || !isObject(body.MessageAttributes)) return undefined;
  const empty = Object.entries(body.MessageAttributes).find(([, it]) => isObject(it) && it.StringValue === "");
  if (empty === undefined) return undefined;
  return `Message (user) attribute '${empty[0]}' must contain a non-empty value of type 'String'.`;
}

/** SNS's limit on a batch, in bytes, attributes included. */
const maxBatchBytes = 256 * 1024;

/** What SNS says against a Publish or PublishBatch that fauxqs would take; by recordings of AWS (2024-11-15, 2025-11-19). */
function publishFault(params: Record<string, unknown>): AwsError | undefined {
  const action = text(params.Action);
  if (action !== "Publish" && action !== "PublishBatch") return undefined;
  for (const [field, value] of Object.entries(params)) {
    const attribute = /^(.*MessageAttributes\.entry\.\d+)\.Value\.StringValue$/.exec(field)?.[1];
    if (attribute === undefined || value !== "") continue;
    const name = params[`${attribute}.Name`];
    const type = params[`${attribute}.Value.DataType`];
    return {
      status: 400,
      code: "ParameterValueInvalid",
      message: `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
    };
  }
  if (action === "Publish" || batchBytes(params) <= maxBatchBytes) return undefined;
  return {
    status: 400,
    code: "BatchRequestTooLong",
    message: "The length of all the messages put together is more than the limit.",
  };
}

function batchBytes(params: Record<string, unknown>): number {
  const counted = /\.(Message|MessageAttributes\.entry\.\d+\.(Name|Value\.\w+))$/;
  return Object.entries(params).reduce(
    (sum, [field, value]) => sum + (counted.test(field) ? Buffer.byteLength(text(value) ?? "") : 0),
    0,
  );
}
