import type { buildApp } from "fauxqs";
import { type AwsError, errorAnswer, formBytes, isObject, objects, text } from "../../aws/request.ts";
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
 * Makes calls of SQS, and publishing, end as recordings of AWS do, where fauxqs does otherwise: what it lets pass is
 * refused, in AWS's words, and received messages hold the attributes that were asked for.
 */
export function repairCalls(app: ReturnType<typeof buildApp>, { sqsStore }: Stores, origins: Origins): void {
  app.addHook("preHandler", (call: Call, reply: Reply, done: () => void) => {
    const action = actionOf(call);
    const error = isObject(call.body) ? (publishFault(call.body) ?? fault(action, call.body)) : undefined;
    if (error === undefined) return done();
    const sqs = { service: "sqs", protocol: "json" } as const;
    const answer = errorAnswer(action ? sqs : { service: "sns", protocol: "query" }, error);
    for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value);
    reply.status(answer.status).send(answer.body);
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

/** What SQS says against a parameter. */
function fault(action: string, body: Record<string, unknown>): AwsError | undefined {
  const refuse = (message: string) => ({ status: 400, code: "InvalidParameterValue", message });
  const { MaxNumberOfMessages: most } = body;
  if (action === "ReceiveMessage" && typeof most === "number" && (most < 1 || most > 10)) {
    const reason = "Must be between 1 and 10, if provided.";
    return refuse(`Value ${most} for parameter MaxNumberOfMessages is invalid. Reason: ${reason}`);
  }
  if (action !== "SendMessage" || !isObject(body.MessageAttributes)) return undefined;
  const empty = Object.entries(body.MessageAttributes).find(([, it]) => isObject(it) && it.StringValue === "");
  return empty && refuse(`Message (user) attribute '${empty[0]}' must contain a non-empty value of type 'String'.`);
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
    const message = `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`;
    return { status: 400, code: "ParameterValueInvalid", message };
  }
  if (action === "Publish" || formBytes(params, counted) <= maxBatchBytes) return undefined;
  const message = "The length of all the messages put together is more than the limit.";
  return { status: 400, code: "BatchRequestTooLong", message };
}

const counted = /\.(Message|MessageAttributes\.entry\.\d+\.(Name|Value\.\w+))$/;
