import { type Answer, type AwsRequest, formBytes, isObject, objects, parseObject, text } from "../aws/request.ts";
import type { Delivery } from "../endpoint/fauxqs/delivery.ts";
import { entryBytes } from "./eventbridge/events.ts";

/** What one function did with one action, and what AWS would put on the bill for it. */
export interface MeterRow {
  function: string;
  service: string;
  action: string;
  requests: number;
  /** Of the requests, those answered with an error, and those of them denied by policy. */
  errors: number;
  denied: number;
  /**
   * What is billed: SQS, SNS and EventBridge count each started 64 KB of payload; DynamoDB counts capacity units, those
   * of its indexes with them.
   */
  chunks: number;
  readUnits: number;
  writeUnits: number;
}

/** What a topic, or a rule by its own ARN, put into a queue. */
export interface DeliveryRow {
  topicArn: string;
  queueName: string;
  messages: number;
  chunks: number;
}

/** Counts requests since the start or the last `reset`. */
export function createMeter() {
  let since = new Date();
  const requests = new Map<string, MeterRow>();
  const deliveries = new Map<string, DeliveryRow>();
  return {
    record: (
      caller: string,
      { service, action }: Pick<AwsRequest, "service" | "action">,
      outcome: Partial<MeterRow>,
    ): void => {
      const key = JSON.stringify([caller, service, action]);
      const counts = { requests: 0, errors: 0, denied: 0, chunks: 0, readUnits: 0, writeUnits: 0 };
      const row = requests.get(key) ?? { function: caller, service, action, ...counts };
      requests.set(key, row);
      row.requests++;
      for (const name of ["errors", "denied", "chunks", "readUnits", "writeUnits"] as const) {
        row[name] += outcome[name] ?? 0;
      }
    },
    recordDelivery: ({ topicArn, queueName, bytes }: Delivery): void => {
      const key = JSON.stringify([topicArn, queueName]);
      const row = deliveries.get(key) ?? { topicArn, queueName, messages: 0, chunks: 0 };
      deliveries.set(key, row);
      row.messages++;
      row.chunks += chunksOf(bytes);
    },
    read: () => ({
      since: since.toISOString(),
      requests: [...requests.values()],
      deliveries: [...deliveries.values()],
    }),
    reset: (): void => {
      since = new Date();
      requests.clear();
      deliveries.clear();
    },
  };
}

export type Meter = ReturnType<typeof createMeter>;

/**
 * What AWS would bill for a request besides its number.
 * Sources: https://aws.amazon.com/sqs/pricing/ https://aws.amazon.com/sns/pricing/ https://aws.amazon.com/eventbridge/pricing/
 */
export function billed(request: AwsRequest, answer: Answer, capacityUnits: number): Partial<MeterRow> {
  const { service, action, params } = request;
  if (service === "dynamodb") {
    return reading.includes(action) ? { readUnits: capacityUnits } : { writeUnits: capacityUnits };
  }
  if (answer.status >= 400) return service === "sts" ? {} : { chunks: 1 };
  if (service === "events") {
    return { chunks: objects(params.Entries).reduce((sum, entry) => sum + chunksOf(entryBytes(entry)), 0) };
  }
  if (service === "sns") return { chunks: chunksOf(formBytes(params, snsFields)) };
  if (service !== "sqs") return {};
  if (action === "ReceiveMessage") {
    const messages = objects(parseObject(answer.body)?.Messages);
    return { chunks: chunksOf(messages.reduce((sum, message) => sum + sqsBytes(message.Body, message), 0)) };
  }
  const sent = [params, ...objects(params.Entries)];
  return { chunks: chunksOf(sent.reduce((sum, message) => sum + sqsBytes(message.MessageBody, message), 0)) };
}

function chunksOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 65_536));
}

function sqsBytes(body: unknown, { MessageAttributes }: Record<string, unknown>): number {
  const attributes = isObject(MessageAttributes) ? Object.entries(MessageAttributes) : [];
  return attributes.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    Buffer.byteLength(text(body) ?? ""),
  );
}

function valueBytes(value: unknown): number {
  if (!isObject(value)) return 0;
  return ["DataType", "StringValue", "BinaryValue"].reduce(
    (sum, name) => sum + Buffer.byteLength(text(value[name]) ?? ""),
    0,
  );
}

const snsFields = /(^|\.)(Message|Subject)$|MessageAttributes\.entry\.\d+\.(Name|Value\.\w+)$/;

const reading = ["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"];
const writing = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"];

/**
 * Serves a DynamoDB request and learns the capacity units it consumed: asks for them in the caller's place and, if the
 * caller did not, takes them out of the answer again.
 */
export async function withCapacity(
  request: AwsRequest,
  serve: (request: AwsRequest) => Promise<Answer>,
): Promise<{ answer: Answer; units: number }> {
  const consuming = request.service === "dynamodb" && [...reading, ...writing].includes(request.action);
  if (!consuming) return { answer: await serve(request), units: 0 };
  const asked = request.params.ReturnConsumedCapacity !== undefined && request.params.ReturnConsumedCapacity !== "NONE";
  const params = asked ? request.params : { ...request.params, ReturnConsumedCapacity: "TOTAL" };
  const answer = await serve(asked ? request : { ...request, params, body: Buffer.from(JSON.stringify(params)) });
  const result = parseObject(answer.body);
  if (result === undefined) return { answer, units: 0 };
  if (answer.status >= 400) {
    // A write whose condition does not hold is billed nevertheless, by the size of the item that is there: at least one.
    const failedCondition = String(result.__type).endsWith("#ConditionalCheckFailedException");
    return { answer, units: failedCondition ? 1 : 0 };
  }
  const { ConsumedCapacity, ...rest } = result;
  const consumed = isObject(ConsumedCapacity) ? [ConsumedCapacity] : objects(ConsumedCapacity);
  const units = consumed.reduce((sum, { CapacityUnits }) => sum + (Number(CapacityUnits) || 0), 0);
  if (asked) return { answer, units };
  // The checksum is that of the longer body.
  const { "x-amz-crc32": _, ...headers } = answer.headers;
  return { answer: { ...answer, headers, body: JSON.stringify(rest) }, units };
}
