import type { Answer } from "../aws/answer.ts";
import { type AwsRequest, isObject, objects, parseObject } from "../aws/request.ts";

const consuming = [
  ...["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"],
  ...["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"],
];

/**
 * Serves a DynamoDB request and learns the capacity units it consumed: asks for them in the caller's place and, if the
 * caller did not, takes them out of the answer again.
 */
export async function withCapacity(
  request: AwsRequest,
  serve: (request: AwsRequest) => Promise<Answer>,
): Promise<{ answer: Answer; units: number }> {
  if (request.service !== "dynamodb" || !consuming.includes(request.action))
    return { answer: await serve(request), units: 0 };
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
