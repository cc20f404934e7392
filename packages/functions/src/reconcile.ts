import { reconcile } from "@appointments/core/appointment/reconcile";
import { dynamo } from "@appointments/core/appointment/table";
import { sns, topicAt } from "@appointments/core/appointment/topic";
import { link } from "@appointments/core/aws/client";
import type { Context } from "aws-lambda";

/** Milliseconds that a page needs at worst; with less left a run ends, and the next goes on. */
const pageMs = 10_000;

const to = { table: { client: dynamo(), name: link.tableName() }, topic: topicAt(sns(), link.topicArn()) };

/** Runs every minute and publishes again what waits for its country for too long, whatever the reason. */
export const handler = (_event: unknown, context: Context): Promise<{ published: number; failed: number }> =>
  reconcile(to, () => context.getRemainingTimeInMillis() > pageMs);
