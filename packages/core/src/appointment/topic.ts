import type { SNSClient } from "@aws-sdk/client-sns";
import { publish } from "../aws/sns.ts";
import type { Appointment } from "./appointment.ts";
import { commandOf } from "./event.ts";

/**
 * Asks the appointment's country for what the appointment waits for. The topic fans out on the attribute `countryISO`.
 *
 * Throws `topic_unavailable` or `internal`.
 */
export async function publishRequested(
  topic: { client: SNSClient; arn: string },
  appointment: Appointment,
  traceparent: string,
): Promise<void> {
  const event = commandOf(appointment, traceparent);
  await publish(topic.client, {
    topicArn: topic.arn,
    body: JSON.stringify(event),
    attributes: { countryISO: appointment.countryISO },
  });
}
