import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { awsTrouble, clientConfig, once } from "../aws/client.ts";
import { log } from "../log.ts";
import { type Appointment, isOpen } from "./appointment.ts";
import { commandOf } from "./event.ts";

/** Where countries are asked; it fans out on the attribute `countryISO`. */
export interface Topic {
  /** Asks the appointment's country for what the appointment waits for. Throws `topic_unavailable` or `internal`. */
  publish(appointment: Appointment, traceparent: string): Promise<void>;
}

/** The SNS topic of an ARN. */
export const topicAt = (client: SNSClient, arn: string): Topic => ({
  publish: (appointment, traceparent) =>
    publish(client, {
      topicArn: arn,
      body: JSON.stringify(commandOf(appointment, traceparent)),
      attributes: { countryISO: appointment.countryISO },
    }),
});

/**
 * Publishes what a saved appointment waits for, if it waits. Never rejects: what was not published stays in the index of
 * those that wait, and the reconciler publishes it. Publishing twice is harmless.
 */
export async function publishSaved(topic: Topic, appointment: Appointment, traceparent: string): Promise<void> {
  const { appointmentId, countryISO } = appointment;
  if (!isOpen(appointment)) return;
  try {
    await topic.publish(appointment, traceparent);
    log.info("appointment.requested", { appointmentId, countryISO, traceparent });
  } catch (error) {
    log.warn("appointment.publish_failed", { appointmentId, countryISO, traceparent, error });
  }
}

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
