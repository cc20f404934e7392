import type { GraphQueue, PolicyStatement } from "@appointments/graph/graph";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { ServiceLog } from "../../aws/service.ts";

/**
 * Makes the queues, bare: all of them have to be there before a redrive policy may name one.
 *
 * @returns their URLs, by queue name
 */
export async function createQueues(client: SQSClient, queues: GraphQueue[]): Promise<Map<string, string>> {
  const urls = new Map<string, string>();
  for (const queue of queues) {
    const Attributes = queue.fifo ? { FifoQueue: "true" } : undefined;
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: queue.queueName, Attributes }));
    if (QueueUrl === undefined) throw new Error(`Queue ${queue.name} was made, but no URL came back.`);
    urls.set(queue.queueName, QueueUrl);
  }
  return urls;
}

/**
 * Gives the queues their attributes; one that is no longer in the graph is kept, with its messages.
 *
 * @param options.ours whether a queue of this name can have been of the graph
 */
export async function putQueues(
  client: SQSClient,
  queues: GraphQueue[],
  urls: Map<string, string>,
  { log, ours }: { log: ServiceLog; ours: (name: string) => boolean },
): Promise<void> {
  for (const queue of queues) await putAttributes(client, queue, urls.get(queue.queueName) ?? "", log);
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({}));
  const known = new Set(queues.map(({ queueName }) => queueName));
  for (const url of QueueUrls) {
    const name = url.slice(url.lastIndexOf("/") + 1);
    if (!known.has(name) && ours(name))
      log("warn", `queue ${name} is no longer in the graph; it is kept with its messages`);
  }
}

async function putAttributes(client: SQSClient, queue: GraphQueue, QueueUrl: string, log: ServiceLog): Promise<void> {
  const answer = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
  const now: Record<string, string> = answer.Attributes ?? {};
  if (now.QueueArn !== queue.arn) {
    throw new Error(
      `Queue ${queue.name} is ${now.QueueArn} here but ${queue.arn} in the graph: another account or region.`,
    );
  }
  const changed = Object.entries(attributes(queue)).filter(([name, value]) => (now[name] ?? "") !== value);
  if (changed.length === 0) return;
  await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: Object.fromEntries(changed) }));
  log("info", `queue ${queue.name}: ${changed.map(([name]) => name).join(", ")} set`);
}

/** An empty value takes a policy away again. */
function attributes(queue: GraphQueue): Record<string, string> {
  const { deadLetterArn: deadLetterTargetArn, maxReceiveCount } = queue.redrive ?? {};
  return {
    VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    DelaySeconds: String(queue.delaySeconds),
    MaximumMessageSize: String(queue.maxMessageBytes),
    RedrivePolicy: queue.redrive ? JSON.stringify({ deadLetterTargetArn, maxReceiveCount }) : "",
    Policy: queue.policy.length > 0 ? policyDocument(queue.policy) : "",
  };
}

function policyDocument(statements: PolicyStatement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map(({ effect, actions, resources, principals, conditions }) => ({
      Effect: effect,
      Action: actions,
      Resource: resources,
      Principal: principals && Object.fromEntries(principals.map(({ type, identifiers }) => [type, identifiers])),
      Condition: conditions,
    })),
  });
}
