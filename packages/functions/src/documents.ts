import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import { operations } from "./api/operation.ts";
import { answerWith } from "./document/file.ts";
import { pageOf } from "./document/page.ts";

/** The files that stand beside the bundle: `copyFiles` in sst.config.ts. */
const read = (name: string): string =>
  readFileSync(join(process.env.LAMBDA_TASK_ROOT ?? ".", "documents", name), "utf8");

const { getDocument, readDocs } = operations;

const answers = {
  [`${getDocument.method} ${getDocument.path}`]: answerWith({
    contentType: "application/json",
    policy: "default-src 'none'; frame-ancestors 'none'",
    text: read("openapi.json"),
  }),
  [`${readDocs.method} ${readDocs.path}`]: answerWith(
    pageOf({ script: read("swagger-ui-bundle.js"), style: read("swagger-ui.css") }, getDocument.path),
  ),
};

/**
 * The OpenAPI document and its page, behind API Gateway (payload format 2.0). It reads no store and no link, so that
 * what anybody may read has no right to anything.
 */
export async function handler({ routeKey, headers }: Pick<Event, "routeKey" | "headers">) {
  const answer = answers[routeKey];
  if (!answer) throw new Error(`No document for the route ${routeKey}`);
  return answer(headers);
}
