import { depthOf } from "@appointments/ops/dlq/letters";
import type { Message, ReceiveMessageCommandInput, SendMessageCommandInput } from "@aws-sdk/client-sqs";
import type { Target } from "./topology.ts";

/** What a row does with the queues of its topology. */
export function messagesOf(target: () => Target) {
  const url = (queue: string) => target().queueUrl(queue);

  const send = (queue: string, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
    target().sqs.sendMessage({ QueueUrl: url(queue), MessageBody, ...more });

  /** One call; waits up to two seconds unless told otherwise, since a short poll may miss what is there. */
  async function receive(queue: string, more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
    const { Messages = [] } = await target().sqs.receiveMessage({
      QueueUrl: url(queue),
      WaitTimeSeconds: 2,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
      ...more,
    });
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

  const remove = (queue: string, { ReceiptHandle }: Message) =>
    target().sqs.deleteMessage({ QueueUrl: url(queue), ReceiptHandle });

  /** Messages by state; approximate on AWS. */
  const depth = (queue: string) => depthOf(target().sqs, url(queue));

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
