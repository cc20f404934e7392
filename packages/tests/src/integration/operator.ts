import type { System } from "@appointments/local/system/system";
import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeReplayCommand, EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  MessageNotInflight,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { AppointmentBody } from "./client.ts";
import { eventually } from "./system.ts";

/** What an operator with all rights does at the AWS endpoint of a local system. */
export function operatorOf(system: System) {
  const { state, graph, functions } = system;
  const { url: endpoint, region, accessKeyId, secretAccessKey } = state.gateway;
  const config = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const sqs = new SQSClient(config);
  const dynamo = new DynamoDBClient(config);
  const events = new EventBridgeClient(config);
  const table = tableOperator(dynamo, state.tables.Appointments?.name);
  return {
    ...queueOperator(sqs, system),
    ...table,
    put: (source: string, type: string, detail: unknown) =>
      events.send(
        new PutEventsCommand({
          Entries: [
            { EventBusName: graph.buses[0]?.busName, Source: source, DetailType: type, Detail: JSON.stringify(detail) },
          ],
        }),
      ),
    replay: (ReplayName: string) => events.send(new DescribeReplayCommand({ ReplayName })),
    /** Makes the reconciler's next look find the appointment due, and lets it look. */
    reconcileNow: async (appointment: Named) => {
      await table.makeDue(appointment);
      const result = await functions.get("reconcile")?.invoke({});
      if (!result?.ok) throw new Error(`reconcile: ${JSON.stringify(result)}`);
    },
    close: () => {
      for (const client of [sqs, dynamo, events]) client.destroy();
    },
  };
}

function queueOperator(sqs: SQSClient, { state, emulators }: System) {
  const queueUrl = (name: string) => {
    const queue = state.queues[name];
    if (queue === undefined) throw new Error(`No queue ${name}`);
    return queue.url;
  };
  /** The messages of an embedded queue by state, without receiving them. */
  const inspect = (queue: string) => emulators.inspectQueue(queueUrl(queue).split("/").at(-1) ?? "")?.messages;

  return {
    inspect,
    /** Makes what is in flight in an embedded queue visible, as its visibility timeout would. */
    release: async (queue: string) => {
      for (const { receiptHandle: ReceiptHandle } of inspect(queue)?.inflight ?? []) {
        const visible = { QueueUrl: queueUrl(queue), ReceiptHandle, VisibilityTimeout: 0 };
        await sqs.send(new ChangeMessageVisibilityCommand(visible)).catch((error: unknown) => {
          // It was deleted or handed on between the look and the call: it is in nobody's hands any more.
          if (!(error instanceof MessageNotInflight)) throw error;
        });
      }
    },
    /** Sends bodies to a queue as one batch, so that they are consumed together. */
    send: async (queue: string, bodies: string[]) => {
      const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl(queue), Entries }));
      if (answer.Failed?.length) throw new Error(JSON.stringify(answer.Failed));
    },
    /** Messages in a queue: visible, in flight and delayed. */
    depth: async (queue: string): Promise<number> => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrl(queue),
          AttributeNames: [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
          ],
        }),
      );
      return Object.values(Attributes).reduce((sum, value) => sum + Number(value), 0);
    },
    purge: (queue: string) => sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl(queue) })),
    /** Takes what is visible out of a queue. @returns the bodies */
    take: async (queue: string): Promise<string[]> => {
      const QueueUrl = queueUrl(queue);
      const bodies: string[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        if (Messages.length === 0) return bodies;
        for (const { Body = "", ReceiptHandle } of Messages) {
          bodies.push(Body);
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        }
      }
    },
    /** Receives from a queue until `count` messages came; what is received stays there, in flight. */
    receive: async (queue: string, count: number): Promise<Message[]> => {
      const found = new Map<string, Message>();
      return eventually(`${count} messages in ${queue}`, async () => {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl(queue),
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: 1,
            MessageAttributeNames: ["All"],
          }),
        );
        for (const message of Messages) found.set(message.MessageId ?? "", message);
        return found.size >= count ? [...found.values()] : undefined;
      });
    },
  };
}

type Named = Pick<AppointmentBody, "insuredId" | "appointmentId">;

function tableOperator(dynamo: DynamoDBClient, TableName: string | undefined) {
  const keyOf = ({ insuredId, appointmentId }: Named) => ({ pk: { S: insuredId }, sk: { S: appointmentId } });
  return {
    /** Every item of the table, of all pages. */
    items: async () => {
      const found: Record<string, AttributeValue>[] = [];
      let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
      do {
        const page = await dynamo.send(new ScanCommand({ TableName, ExclusiveStartKey }));
        found.push(...(page.Items ?? []));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return found;
    },
    item: async (appointment: Named) => {
      const read = { TableName, Key: keyOf(appointment), ConsistentRead: true };
      return (await dynamo.send(new GetItemCommand(read))).Item;
    },
    /** Puts an item as it once was, as a restore from a backup does. */
    restore: (Item: Record<string, AttributeValue>) => dynamo.send(new PutItemCommand({ TableName, Item })),
    /** Loses an item. */
    lose: (appointment: Named) => dynamo.send(new DeleteItemCommand({ TableName, Key: keyOf(appointment) })),
    /** Makes an appointment due for the reconciler. Throws when it waits for nothing. */
    makeDue: (appointment: Named) =>
      dynamo.send(
        new UpdateItemCommand({
          TableName,
          Key: keyOf(appointment),
          UpdateExpression: "set retryAt = :past",
          ConditionExpression: "attribute_exists(retryAt)",
          ExpressionAttributeValues: { ":past": { S: "2000-01-01T00:00:00.000Z" } },
        }),
      ),
  };
}
