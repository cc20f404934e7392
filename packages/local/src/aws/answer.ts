import { randomUUID } from "node:crypto";

/** What goes back to an SDK. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer | string;
}

/** Who asked, as far as the shape of an answer depends on it. */
export interface Asker {
  service: string;
  protocol: "json" | "query";
}

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
  if (protocol === "query") {
    const fault = error.status < 500 ? "Sender" : "Receiver";
    return xmlAnswer(
      error.status,
      `<ErrorResponse xmlns="${namespace(service)}"><Error><Type>${fault}</Type><Code>${escapeXml(error.code)}</Code>` +
        `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
    );
  }
  // DynamoDB and EventBridge write `Message` when the call did not get past their front door; SDKs read both.
  const answer = jsonAnswer(
    { service },
    { __type: `${typePrefix(service)}${error.code}`, message: error.message, Message: error.message },
    error.status,
  );
  if (service === "sqs") {
    const fault = error.status < 500 ? "Sender" : "Receiver";
    answer.headers["x-amzn-query-error"] = `${error.queryCode ?? error.code};${fault}`;
  }
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

function namespace(service: string): string {
  return service === "sns" ? "http://sns.amazonaws.com/doc/2010-03-31/" : `https://${service}.amazonaws.com/doc/`;
}

function typePrefix(service: string): string {
  return service === "events" ? "" : "com.amazon.coral.service#";
}

export function escapeXml(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
