import { publishRequested } from "@appointments/core/appointment/appointment.topic";
import { dynamo } from "@appointments/core/aws/dynamo";
import { link } from "@appointments/core/aws/link";
import { sns } from "@appointments/core/aws/sns";
import { handle } from "hono/aws-lambda";
import { createApp } from "./app.ts";

const topic = { client: sns(), arn: link.topicArn() };

const app = createApp({
  table: { client: dynamo(), name: link.tableName() },
  publishRequested: (appointment, traceparent) => publishRequested(topic, appointment, traceparent),
});

/** The HTTP API behind API Gateway (payload format 2.0). */
export const handler = handle(app);
