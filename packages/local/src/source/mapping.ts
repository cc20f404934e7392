import type { GraphMapping, GraphQueue } from "@appointments/graph/graph";

/**
 * Refuses what Lambda's CreateEventSourceMapping refuses, in its words.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 *
 * @throws naming the mapping
 */
export function checkMapping(options: {
  mapping: GraphMapping;
  queue: GraphQueue;
  timeoutSeconds: number;
  allows: (action: string, resource: string) => boolean;
}): void {
  const { mapping, queue, timeoutSeconds, allows } = options;
  const refuse = (message: string) => new Error(`Event source mapping ${mapping.name}: ${message}`);
  const known = [
    "name",
    "queueArn",
    "functionArn",
    "batchSize",
    "windowSeconds",
    "maximumConcurrency",
    "partialResponses",
  ];
  for (const [field, value] of Object.entries(mapping)) {
    if (value === undefined || known.includes(field)) continue;
    throw refuse(`${field} is not supported by the local system (${JSON.stringify(value)}).`);
  }
  if (queue.fifo && mapping.batchSize > 10) throw refuse("A FIFO queue's batch size is at most 10.");
  if (!between(mapping.batchSize, 1, 10_000)) throw refuse("The batch size must be from 1 to 10000.");
  if (!between(mapping.windowSeconds, 0, 300)) throw refuse("The batching window must be from 0 to 300 seconds.");
  if (mapping.batchSize > 10 && mapping.windowSeconds === 0) {
    throw refuse("Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10");
  }
  if (mapping.maximumConcurrency !== undefined && !between(mapping.maximumConcurrency, 2, 1000)) {
    throw refuse("MaximumConcurrency must be from 2 to 1000.");
  }
  if (queue.visibilityTimeoutSeconds < timeoutSeconds) {
    throw refuse(
      `Queue visibility timeout: ${queue.visibilityTimeoutSeconds} seconds is less than ` +
        `Function timeout: ${timeoutSeconds} seconds`,
    );
  }
  for (const action of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]) {
    if (allows(`sqs:${action}`, queue.arn)) continue;
    throw refuse(`The provided execution role does not have permissions to call ${action} on SQS`);
  }
}

function between(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
