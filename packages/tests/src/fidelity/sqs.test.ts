import { type Message, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect } from "vitest";
import { behaviour } from "./behaviour.ts";
import { startTarget, type Target } from "./target.ts";

let target: Target;
beforeAll(async () => {
  target = await startTarget((build) => ({ queues: [build.queue("plain")] }));
});
afterAll(() => target?.stop());

behaviour(
  {
    id: "sqs.receive.count",
    area: "SQS",
    says: "Each receive adds one to a message's ApproximateReceiveCount, beginning at 1.",
    docs: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html",
    evidence: { kind: "documentation", source: "ReceiveMessage" },
  },
  async () => {
    const QueueUrl = target.queueUrl("plain");
    await target.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" }));
    const receive = async (): Promise<Message | undefined> => {
      const { Messages } = await target.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0, MessageSystemAttributeNames: ["All"] }),
      );
      return Messages?.[0];
    };
    expect((await receive())?.Attributes?.ApproximateReceiveCount).toBe("1");
    expect((await receive())?.Attributes?.ApproximateReceiveCount).toBe("2");
  },
);
