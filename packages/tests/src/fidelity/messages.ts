import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
} from "@aws-sdk/client-sqs";
import type { Target } from "./topology.ts";

/** What a row does with the queues of its topology. */
export function messagesOf(target: () => Target) {
  const url = (queue: string) => target().queueUrl(queue);

  async function send(queue: string, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) {
    return target().sqs.send(new SendMessageCommand({ QueueUrl: url(queue), MessageBody, ...more }));
  }

  /** One call; waits up to two seconds unless told otherwise, since a short poll may miss what is there. */
  async function receive(queue: string, more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
    const { Messages = [] } = await target().sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url(queue),
        WaitTimeSeconds: 2,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
        ...more,
      }),
    );
    return Messages;
  }

  /** Receives until `count` messages came, and deletes them; no more than that many within `timeoutMs` is an error. */
  async function take(queue: string, count: number, timeoutMs = 20_000): Promise<Message[]> {
    const deadline = Date.now() + timeoutMs;
    const taken: Message[] = [];
    while (taken.length < count) {
      for (const message of await receive(queue)) {
        taken.push(message);
        await remove(queue, message);
      }
      if (Date.now() > deadline && taken.length < count) {
        throw new Error(`${taken.length} of ${count} messages came to ${queue} within ${timeoutMs} ms`);
      }
    }
    return taken;
  }

  async function takeOne(queue: string): Promise<Message> {
    const [message] = await take(queue, 1);
    if (message === undefined) throw new Error(`no message in ${queue}`);
    return message;
  }

  async function remove(queue: string, { ReceiptHandle }: Message): Promise<void> {
    await target().sqs.send(new DeleteMessageCommand({ QueueUrl: url(queue), ReceiptHandle }));
  }

  /** Messages by state; approximate on AWS. */
  async function depth(queue: string): Promise<{ visible: number; inFlight: number; delayed: number }> {
    const { Attributes = {} } = await target().sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url(queue), AttributeNames: ["All"] }),
    );
    return {
      visible: Number(Attributes.ApproximateNumberOfMessages),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
    };
  }

  return { url, send, receive, take, takeOne, remove, depth };
}

/** The code and the words of the error that a call must end in; the code without the service's name in front. */
export async function refusalOf(call: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await call;
  } catch (error) {
    const { name, message } = error as Error;
    return { code: name.replace(/^.*[.#]/, "").replace(/Exception$/, ""), message };
  }
  throw new Error("The call was accepted.");
}
