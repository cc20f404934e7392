import type { System } from "@appointments/local/system/system";
import { depthOf } from "@appointments/ops/dlq/letters";
import { type Message, MessageNotInflight, type SQS } from "@aws-sdk/client-sqs";
import { DynamoDBDocument, paginateScan } from "@aws-sdk/lib-dynamodb";
import { clientsOf, destroy } from "../kit/clients.ts";
import type { AppointmentBody } from "./client.ts";
import { eventually } from "./system.ts";

/** What an operator with all rights does at the AWS endpoint of a local system. */
export function operatorOf(system: System) {
  const { state, graph, functions } = system;
  const { url: endpoint, region, accessKeyId, secretAccessKey } = state.gateway;
  const clients = clientsOf({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const { sqs, events } = clients;
  const table = tableOperator(DynamoDBDocument.from(clients.dynamo), state.tables.Appointments?.name);
  return {
    ...queueOperator(sqs, system),
    ...table,
    sqs,
    /** Puts an event on the bus. */
    put: (event: { source: string; type: string }) => {
      const { source: Source, type: DetailType } = event;
      const Detail = JSON.stringify(event);
      return events.putEvents({ Entries: [{ EventBusName: graph.buses[0]?.busName, Source, DetailType, Detail }] });
    },
    replay: (ReplayName: string) => events.describeReplay({ ReplayName }),
    /** Makes the reconciler's next look find the appointment due, and lets it look. */
    reconcileNow: async (appointment: Named) => {
      await table.makeDue(appointment);
      const result = await functions.get("reconcile")?.invoke({});
      if (!result?.ok) throw new Error(`reconcile: ${JSON.stringify(result)}`);
    },
    close: () => destroy(clients),
  };
}

function queueOperator(sqs: SQS, { state, emulators }: System) {
  const urlOf = (name: string) => {
    const queue = state.queues[name];
    if (queue === undefined) throw new Error(`No queue ${name}`);
    return queue.url;
  };
  /** The messages of an embedded queue by state, without receiving them. */
  const inspect = (queue: string) => emulators.inspectQueue(urlOf(queue).split("/").at(-1) ?? "")?.messages;
  /** Messages in a queue: visible, in flight and delayed. */
  const depth = async (queue: string): Promise<number> => {
    const { visible, inFlight, delayed } = await depthOf(sqs, urlOf(queue));
    return visible + inFlight + delayed;
  };

  return {
    inspect,
    depth,
    /** Waits until a queue holds nothing, not even in flight. */
    drained: (queue: string) =>
      eventually(`${queue} is empty`, async () => ((await depth(queue)) === 0 ? true : undefined)),
    /** Makes what is in flight in an embedded queue visible, as its visibility timeout would. */
    release: async (queue: string) => {
      for (const { receiptHandle: ReceiptHandle } of inspect(queue)?.inflight ?? []) {
        const visible = { QueueUrl: urlOf(queue), ReceiptHandle, VisibilityTimeout: 0 };
        await sqs.changeMessageVisibility(visible).catch((error: unknown) => {
          // It was deleted or handed on between the look and the call: it is in nobody's hands any more.
          if (!(error instanceof MessageNotInflight)) throw error;
        });
      }
    },
    /** Sends bodies to a queue as one batch, so that they are consumed together. */
    send: async (queue: string, bodies: string[]) => {
      const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      const answer = await sqs.sendMessageBatch({ QueueUrl: urlOf(queue), Entries });
      if (answer.Failed?.length) throw new Error(JSON.stringify(answer.Failed));
    },
    purge: (queue: string) => sqs.purgeQueue({ QueueUrl: urlOf(queue) }),
    /** Takes what is visible out of a queue. @returns the bodies */
    take: async (queue: string): Promise<string[]> => {
      const QueueUrl = urlOf(queue);
      const bodies: string[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
        if (Messages.length === 0) return bodies;
        for (const { Body = "", ReceiptHandle } of Messages) {
          bodies.push(Body);
          await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
        }
      }
    },
    /** Receives from a queue until `count` messages came; what is received stays there, in flight. */
    receive: async (queue: string, count: number): Promise<Message[]> => {
      const wanted = { MaxNumberOfMessages: 10, WaitTimeSeconds: 1, MessageAttributeNames: ["All"] };
      const found = new Map<string, Message>();
      return eventually(`${count} messages in ${queue}`, async () => {
        const { Messages = [] } = await sqs.receiveMessage({ QueueUrl: urlOf(queue), ...wanted });
        for (const message of Messages) found.set(message.MessageId ?? "", message);
        return found.size >= count ? [...found.values()] : undefined;
      });
    },
  };
}

type Named = Pick<AppointmentBody, "insuredId" | "appointmentId">;
type StoredItem = Record<string, unknown>;

function tableOperator(client: DynamoDBDocument, TableName: string | undefined) {
  const at = ({ insuredId: pk, appointmentId: sk }: Named) => ({ TableName, Key: { pk, sk } });
  return {
    /** Every item of the table, of all pages. */
    items: async (): Promise<StoredItem[]> => {
      const found: StoredItem[] = [];
      for await (const { Items = [] } of paginateScan({ client }, { TableName })) found.push(...Items);
      return found;
    },
    item: async (appointment: Named): Promise<StoredItem | undefined> =>
      (await client.get({ ...at(appointment), ConsistentRead: true })).Item,
    /** Puts an item as it once was, as a restore from a backup does. */
    restore: (Item: StoredItem) => client.put({ TableName, Item }),
    /** Loses an item. */
    lose: (appointment: Named) => client.delete(at(appointment)),
    /** Makes an appointment due for the reconciler. Throws when it waits for nothing. */
    makeDue: (appointment: Named) =>
      client.update({
        ...at(appointment),
        UpdateExpression: "set retryAt = :past",
        ConditionExpression: "attribute_exists(retryAt)",
        ExpressionAttributeValues: { ":past": "2000-01-01T00:00:00.000Z" },
      }),
  };
}
