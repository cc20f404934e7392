import { randomUUID } from "node:crypto";
import { log } from "@appointments/core/log";
import type { Context, Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { routePath } from "hono/route";
import type { Bindings } from "./gateway.ts";
import { problemCode, Refusal, toResponse } from "./problem.ts";

export interface Variables {
  requestId: string;
}

/**
 * Personal data belongs in no cache and no frame, and is nothing but what it says it is.
 *
 * Source: https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
 */
export const safeHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
};

export interface Env {
  /** Empty, or nothing at all, where no gateway is in front. */
  Bindings: { requestContext?: Partial<Bindings["requestContext"]>; remaining?: Bindings["remaining"] };
  Variables: Variables;
}

/** What every answer has, whatever the route: a request id, safe headers, one log line, and errors as problems. */
export function answering(app: Hono<Env>): void {
  app.use(async (c, next) => {
    const started = performance.now();
    const requestId = requestIdOf(c);
    c.set("requestId", requestId);
    await next();
    for (const [name, value] of Object.entries(safeHeaders)) c.header(name, value);
    c.header("x-request-id", requestId);
    const durationMs = Math.round(performance.now() - started);
    log.info("http.answered", {
      requestId,
      method: methodOf(c),
      route: routePath(c, -1),
      status: c.res.status,
      durationMs,
    });
  });
  const refuse = (c: Context<Env>, error: unknown) => toResponse(c, error, c.get("requestId"));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const allow = methods.join(", ");
        return refuse(c, new Refusal("method_not_allowed", { values: { methods: allow }, headers: { allow } }));
      },
    }),
  );
  app.notFound((c) => refuse(c, new Refusal("path_unknown")));
  app.onError((error, c) => {
    const answer = refuse(c, error);
    const fields = { requestId: c.get("requestId"), code: problemCode(error) };
    if (answer.status >= 500) log.error("http.failed", { ...fields, error });
    else log.info("http.refused", fields);
    return answer;
  });
}

/** Known methods only: a client can send any word as a method. */
function methodOf(c: Context<Env>): string {
  const method = c.env?.requestContext?.http?.method ?? c.req.method;
  return ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].includes(method) ? method : "OTHER";
}

/** API Gateway's id of the request, which is in its access log too; our own where there is no gateway. */
const requestIdOf = (c: Context<Env>): string => c.env?.requestContext?.requestId ?? randomUUID();
