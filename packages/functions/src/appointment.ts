import { topicAt } from "@appointments/core/appointment/topic";
import { dynamo } from "@appointments/core/aws/dynamo";
import { link } from "@appointments/core/aws/link";
import { sns } from "@appointments/core/aws/sns";
import { handle } from "hono/aws-lambda";
import { createApp } from "./api/app.ts";
import { withoutUselessBody } from "./api/body.ts";

const app = createApp({
  table: { client: dynamo(), name: link.tableName() },
  topic: topicAt(sns(), link.topicArn()),
});

const answer = handle(app);

/** The HTTP API behind API Gateway (payload format 2.0). */
export const handler: typeof answer = (event, context) => answer(withoutUselessBody(event), context);
