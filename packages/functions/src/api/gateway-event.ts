import type { LambdaEvent } from "hono/aws-lambda";

/**
 * A GET or HEAD may have a body in HTTP, with no meaning, but not in a `Request`: making one would throw, and hono would
 * answer 400 without a problem. So the body is dropped.
 */
export function withoutUselessBody<Event extends LambdaEvent>(event: Event): Event {
  const method = "http" in event.requestContext ? event.requestContext.http.method : "";
  return event.body && (method === "GET" || method === "HEAD") ? { ...event, body: null } : event;
}
