import type { Message } from "@aws-sdk/client-sqs";
import type { SQSMessageAttributes, SQSRecord } from "aws-lambda";
import { isObject, text } from "../aws/request.ts";
import type { InvokeResult } from "../lambda/invoke.ts";

/** One record of the event that a function gets from a queue. */
export type SqsRecord = Omit<SQSRecord, "attributes"> & { attributes: Record<string, string> };

/**
 * A received message as Lambda hands it to a function.
 * Sources: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html and recordings of AWS (2025-11-25).
 */
export function sqsRecord(message: Message, queueArn: string): SqsRecord {
  const messageAttributes: SQSMessageAttributes = {};
  const { MessageAttributes = {} } = message;
  for (const [name, { StringValue, BinaryValue, DataType = "String" }] of Object.entries(MessageAttributes)) {
    messageAttributes[name] = {
      stringValue: StringValue,
      binaryValue: BinaryValue && Buffer.from(BinaryValue).toString("base64"),
      stringListValues: [],
      binaryListValues: [],
      dataType: DataType,
    };
  }
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: { ...message.Attributes },
    messageAttributes,
    ...(message.MD5OfMessageAttributes && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(":")[3] ?? "",
  };
}

export interface BatchOutcome {
  /** Ids of the messages that are done with and are to be deleted. */
  done: string[];
  /** Why the others stay in the queue; absent when none does. */
  reason?: string;
}

/**
 * Which messages of a batch an invocation has done with.
 *
 * With `ReportBatchItemFailures` an empty or null answer, or an empty or null list in it, is a success of all. A list
 * that is none, or an item in it without a proper identifier, is a failure of all, and so is an identifier that is not
 * of this batch (AWS documents the former cases; for the latter the careful reading is taken).
 * Without it any answer is a success of all.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function batchOutcome(messageIds: string[], result: InvokeResult, partialResponses: boolean): BatchOutcome {
  const none = (reason: string) => ({ done: [], reason });
  if (!result.ok) return none(`${result.kind}: ${result.errorType}: ${result.errorMessage}`);
  const { payload } = result;
  if (!partialResponses || payload === null || payload === undefined || payload === "") return { done: messageIds };
  if (!isObject(payload)) return none("the answer is no batch response: an object was expected");
  const { batchItemFailures: failures } = payload;
  if (failures === null || failures === undefined) return { done: messageIds };
  if (!Array.isArray(failures)) return none("batchItemFailures is not a list");
  const failed = new Set<string>();
  for (const failure of failures as unknown[]) {
    const id = isObject(failure) ? text(failure.itemIdentifier) : undefined;
    if (!id) return none(`batchItemFailures holds an item without an itemIdentifier: ${JSON.stringify(failure)}`);
    if (!messageIds.includes(id)) return none(`batchItemFailures names ${id}, which is not in the batch`);
    failed.add(id);
  }
  const done = messageIds.filter((id) => !failed.has(id));
  return failed.size === 0 ? { done } : { done, reason: `${failed.size} of ${messageIds.length} reported as failed` };
}
