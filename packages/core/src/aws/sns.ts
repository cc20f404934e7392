import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { awsTrouble, clientConfig, once } from "./client.ts";

/** The SNS client of this environment. */
export const sns = once(() => new SNSClient(clientConfig));

/** The whole of one publishing, its repeats included, in milliseconds: a client waits for the answer meanwhile. */
const patience = 3_000;

/**
 * Publishes one message with the attributes that subscriptions filter on.
 *
 * Throws `topic_unavailable` when SNS does not answer, `internal` when it refuses.
 */
export async function publish(
  client: SNSClient,
  message: { topicArn: string; body: string; attributes: Record<string, string> },
): Promise<void> {
  const attributes = Object.entries(message.attributes).map(([name, value]) => [
    name,
    { DataType: "String", StringValue: value },
  ]);
  try {
    await client.send(
      new PublishCommand({
        TopicArn: message.topicArn,
        Message: message.body,
        MessageAttributes: Object.fromEntries(attributes),
      }),
      { abortSignal: AbortSignal.timeout(patience) },
    );
  } catch (error) {
    throw awsTrouble(error, "topic_unavailable", "SNS");
  }
}
