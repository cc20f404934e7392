import { dynamo } from "@appointments/core/appointment/table";
import { sns, topicAt } from "@appointments/core/appointment/topic";
import { link } from "@appointments/core/aws/client";
import { createApp } from "./api/app.ts";
import { handlerOf } from "./api/gateway.ts";
import { callerLimit } from "./environment.ts";

/** The HTTP API behind API Gateway (payload format 2.0). */
export const handler = handlerOf(
  createApp({
    table: { client: dynamo(), name: link.tableName() },
    topic: topicAt(sns(), link.topicArn()),
    cursorSecret: link.cursorSecret(),
    callerLimit: callerLimit(),
  }),
);
