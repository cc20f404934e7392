import { type Desk, republish } from "@appointments/core/appointment/reconcile";
import { publishRequested } from "@appointments/core/appointment/topic";
import { dynamo } from "@appointments/core/aws/dynamo";
import { link } from "@appointments/core/aws/link";
import { sns } from "@appointments/core/aws/sns";
import type { Context } from "aws-lambda";

/** Milliseconds that a page needs at worst; with less left a run ends, and the next goes on. */
const pageMs = 10_000;

const topic = { client: sns(), arn: link.topicArn() };
const desk: Desk = {
  table: { client: dynamo(), name: link.tableName() },
  publishRequested: (appointment, traceparent) => publishRequested(topic, appointment, traceparent),
};

/** Runs every minute and asks the countries again about appointments that stay pending, whatever the reason. */
export const handler = (_event: unknown, context: Context): Promise<{ published: number; failed: number }> =>
  republish(desk, () => context.getRemainingTimeInMillis() > pageMs);
