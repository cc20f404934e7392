import { randomUUID } from "node:crypto";
import type { PutEntry } from "@appointments/tests/kit/event-bus";
import type { SQSEvent, SQSMessageAttributes, SQSRecord } from "aws-lambda";

/** A record as Lambda's event source mapping hands it over. */
export const record = (
  body: string,
  parts: { receiveCount?: number; attributes?: SQSMessageAttributes; receiptHandle?: string } = {},
): SQSRecord => ({
  messageId: randomUUID(),
  receiptHandle: parts.receiptHandle ?? "none",
  body,
  attributes: {
    ApproximateReceiveCount: String(parts.receiveCount ?? 1),
    SentTimestamp: "0",
    SenderId: "test",
    ApproximateFirstReceiveTimestamp: "0",
  },
  messageAttributes: parts.attributes ?? {},
  md5OfBody: "",
  eventSource: "aws:sqs",
  eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:test",
  awsRegion: "us-east-1",
});

export const batchOf = (...records: SQSRecord[]): SQSEvent => ({ Records: records });

/** What EventBridge delivers to a queue for an entry it took. */
export const delivered = ({ Source, DetailType, Detail, Time }: PutEntry): string =>
  JSON.stringify({
    version: "0",
    id: randomUUID(),
    "detail-type": DetailType,
    source: Source,
    account: "000000000000",
    time: new Date(Time * 1000).toISOString(),
    region: "us-east-1",
    resources: [],
    detail: JSON.parse(Detail),
  });
