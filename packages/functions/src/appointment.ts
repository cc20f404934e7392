import { dynamo } from "@appointments/core/appointment/table";
import { sns, topicAt } from "@appointments/core/appointment/topic";
import { link } from "@appointments/core/aws/client";
import { handle } from "hono/aws-lambda";
import { createApp } from "./api/app.ts";
import { withoutUselessBody } from "./api/request.ts";

const app = createApp({
  table: { client: dynamo(), name: link.tableName() },
  topic: topicAt(sns(), link.topicArn()),
});

const answer = handle(app);

/** The HTTP API behind API Gateway (payload format 2.0). */
export const handler: typeof answer = (event, context) => answer(withoutUselessBody(event), context);
