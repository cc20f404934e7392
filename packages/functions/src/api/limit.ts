import type { Caller } from "@appointments/core/appointment/caller";
import type { MiddlewareHandler } from "hono";
import { Refusal } from "./problem.ts";

/** How much a caller may ask of one execution environment: a token bucket. */
export interface CallerLimit {
  /** Requests a second in the long run. */
  perSecond: number;
  /** Requests at once, after a rest. */
  burst: number;
}

/** Callers that an environment remembers. Who is forgotten has not called for longest, and begins with a full bucket. */
const remembered = 10_000;

interface Bucket {
  tokens: number;
  /** When it held them, in milliseconds. */
  at: number;
}

/**
 * Counts the requests of each caller, in the memory of this execution environment: no read and no write for it, and so
 * each environment counts for itself (docs/adr/0016). Takes a token, and says what is left.
 *
 * @param now milliseconds
 */
export function countCalls({ perSecond, burst }: CallerLimit, now = () => performance.now()) {
  const buckets = new Map<string, Bucket>();
  return (caller: Caller) => {
    const key = JSON.stringify([caller.kind, caller.id, caller.kind === "patient" ? caller.insuredId : ""]);
    const at = now();
    const before = buckets.get(key) ?? { tokens: burst, at };
    const filled = Math.min(burst, before.tokens + ((at - before.at) / 1_000) * perSecond);
    const allowed = filled >= 1;
    const tokens = allowed ? filled - 1 : filled;
    // Written anew, so that the first of the map is who has not called for longest.
    buckets.delete(key);
    buckets.set(key, { tokens, at });
    const [oldest] = buckets.keys();
    if (buckets.size > remembered && oldest !== undefined) buckets.delete(oldest);
    return {
      allowed,
      remaining: Math.floor(tokens),
      /** Seconds until the bucket is full again, and until it holds a token. */
      resetSeconds: Math.ceil((burst - tokens) / perSecond),
      retryAfterSeconds: Math.max(1, Math.ceil((1 - tokens) / perSecond)),
    };
  };
}

/**
 * Refuses a caller's request over the limit: 429 `too_many_requests`. Every answer says what is left.
 *
 * Source: RFC 6585, 4; draft-ietf-httpapi-ratelimit-headers-10, 3 and 4: `q` requests in `w` seconds, `r` of them left,
 * all again in `t` seconds.
 */
export function limited(limit: CallerLimit): MiddlewareHandler<{ Variables: { caller: Caller } }> {
  const count = countCalls(limit);
  const policy = `"caller";q=${limit.burst};w=${Math.ceil(limit.burst / limit.perSecond)}`;
  return async (c, next) => {
    const { allowed, remaining, resetSeconds, retryAfterSeconds } = count(c.get("caller"));
    c.header("ratelimit-policy", policy);
    c.header("ratelimit", `"caller";r=${remaining};t=${resetSeconds}`);
    if (!allowed) throw new Refusal("too_many_requests", { headers: { "retry-after": String(retryAfterSeconds) } });
    await next();
  };
}
