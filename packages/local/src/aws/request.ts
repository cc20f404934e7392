import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** One AWS call, as far as the gateway must understand it. */
export interface AwsRequest {
  /** From the signature's credential scope: `dynamodb`, `sqs`, `sns`, `events`, `sts`, … */
  service: string;
  /** Who signed. */
  accessKeyId: string;
  /** `PutItem`, `SendMessage`, … */
  action: string;
  protocol: "json" | "query";
  /** The JSON body, or the form's fields. */
  params: Record<string, unknown>;
  body: Buffer;
  headers: IncomingHttpHeaders;
}

/** The largest call of any of the services is DynamoDB's BatchWriteItem, 16 MB. */
const maxBodyBytes = 16 * 1024 * 1024 + 64 * 1024;

/**
 * Reads and understands an AWS call: JSON protocols (`X-Amz-Target`) and the query protocol (`Action=…`).
 * Answers an error, shaped for the service, when it is none.
 */
export async function readRequest(incoming: IncomingMessage): Promise<{ request: AwsRequest } | { error: Answer }> {
  const scope = /Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/.exec(
    incoming.headers.authorization ?? "",
  );
  const target = incoming.headers["x-amz-target"];
  const protocol = target === undefined ? "query" : "json";
  const [, accessKeyId = "", , service = ""] = scope ?? [];
  const asker = { service, protocol } as const;
  const refuse = (status: number, code: string, message: string) => ({
    error: errorAnswer(asker, { status, code, message }),
  });
  const body = await readBody(incoming);
  if (body === undefined) return refuse(413, "RequestEntityTooLarge", `The request is over ${maxBodyBytes} bytes.`);
  if (!scope) return refuse(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
  const common = { service, accessKeyId, protocol, body, headers: incoming.headers } as const;
  if (typeof target === "string") {
    const params = parseObject(body);
    if (params === undefined) return refuse(400, "SerializationException", "The body is not a JSON object.");
    return { request: { ...common, action: target.slice(target.lastIndexOf(".") + 1), params } };
  }
  const params = Object.fromEntries(new URLSearchParams(body.toString("utf8")));
  if (params.Action !== undefined) return { request: { ...common, action: params.Action, params } };
  const call = `${incoming.method} ${incoming.url}`;
  const why = `${call} has neither an X-Amz-Target header nor an Action field`;
  return refuse(400, "UnknownOperationException", `No operation of service ${service} is named: ${why}.`);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return size > maxBodyBytes ? undefined : Buffer.concat(chunks);
}

/** The JSON object in a body; undefined when there is none. */
export function parseObject(body: Buffer | string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString() || "{}");
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects in a field that should hold a list of them. */
export function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The text of a field; undefined when it is anything else. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Bytes of the form fields that are counted. */
export function formBytes(params: Record<string, unknown>, counted: RegExp): number {
  const texts = Object.entries(params).map(([name, value]) => (counted.test(name) ? (text(value) ?? "") : ""));
  return Buffer.byteLength(texts.join(""));
}

/** What goes back to an SDK. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer | string;
}

/** Who asked, as far as the shape of an answer depends on it. */
export type Asker = Pick<AwsRequest, "service" | "protocol">;

export interface AwsError {
  status: number;
  /** The code that the SDK shows as `error.name`. */
  code: string;
  message: string;
  /** The code's older name: SQS sends it along in a header, for clients that still look for it. */
  queryCode?: string;
}

/** Shapes an error as the service does in the caller's protocol. */
export function errorAnswer({ service, protocol }: Asker, error: AwsError): Answer {
  const fault = error.status < 500 ? "Sender" : "Receiver";
  if (protocol === "query") {
    const sns = "http://sns.amazonaws.com/doc/2010-03-31/";
    const namespace = service === "sns" ? sns : `https://${service}.amazonaws.com/doc/`;
    return xmlAnswer(
      error.status,
      `<ErrorResponse xmlns="${namespace}"><Error><Type>${fault}</Type><Code>${escapeXml(error.code)}</Code>` +
        `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
    );
  }
  // DynamoDB and EventBridge write `Message` when the call did not get past their front door; SDKs read both.
  const __type = service === "events" ? error.code : `com.amazon.coral.service#${error.code}`;
  const answer = jsonAnswer({ service }, { __type, message: error.message, Message: error.message }, error.status);
  if (service === "sqs") answer.headers["x-amzn-query-error"] = `${error.queryCode ?? error.code};${fault}`;
  return answer;
}

/** @param asker.service EventBridge speaks JSON 1.1, the others 1.0 */
export function jsonAnswer({ service }: { service: string }, value: unknown, status = 200): Answer {
  return {
    status,
    headers: {
      "content-type": service === "events" ? "application/x-amz-json-1.1" : "application/x-amz-json-1.0",
      "x-amzn-requestid": randomUUID(),
    },
    body: JSON.stringify(value),
  };
}

export function xmlAnswer(status: number, body: string): Answer {
  return { status, headers: { "content-type": "text/xml", "x-amzn-requestid": randomUUID() }, body };
}

export function escapeXml(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
