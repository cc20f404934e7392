import type { AwsError } from "../../aws/answer.ts";
import { text } from "../../aws/request.ts";

/** SNS's limit on a batch, in bytes, attributes included. */
const maxBatchBytes = 256 * 1024;

/** What SNS says against a Publish or PublishBatch that fauxqs would take; by recordings of AWS (2024-11-15, 2025-11-19). */
export function publishFault(params: Record<string, unknown>): AwsError | undefined {
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
