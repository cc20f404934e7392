import type { SNSClient } from "@aws-sdk/client-sns";
import { publish } from "../aws/sns.ts";
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
