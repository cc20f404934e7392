import { AppointmentsError } from "../error.ts";
import { type Answer, read } from "./answer.ts";
import { pause, unlessAborted, within } from "./deadline.ts";
import { defaultRetry, delayMs, isPassing, type RetryOptions } from "./retry.ts";
import { type Token, tokensOf } from "./token.ts";

export interface SendOptions {
  /** Where the API is, e.g. `https://api.example.com`; a path in it stays in front. */
  baseUrl: string | URL;
  token: Token;
  /** Milliseconds for a whole call with its retries. 60,000 unless told. */
  timeoutMs?: number | undefined;
  /** Milliseconds for one try; then it counts as a lost connection. 15,000 unless told. */
  tryTimeoutMs?: number | undefined;
  retry?: Partial<RetryOptions> | undefined;
  /** The language of an error's message; codes are the same in each. */
  language?: "en" | "es" | undefined;
  /** Stands in for the `fetch` of the platform. */
  fetch?: typeof fetch | undefined;
}

/** What each call may be given. */
export interface CallOptions {
  /** Ends the call, which then throws the signal's reason. What was sent may still be done. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call with its retries. */
  timeoutMs?: number | undefined;
}

/** A request as it is sent at each try. It must be safe to repeat. */
export interface Outgoing {
  method: "GET" | "POST";
  /** Begins with a slash; its parts are encoded. */
  path: string;
  query?: Record<string, string | number | undefined> | undefined;
  headers?: Record<string, string | undefined> | undefined;
  body?: unknown;
  /** Milliseconds for which the API may hold back its answer. */
  waitMs?: number;
}

export type Send = (outgoing: Outgoing, options?: CallOptions) => Promise<Answer>;

/** Sends requests: with a token, in time, and again when that is safe and may help. Throws `AppointmentsError`. */
export function senderOf({ timeoutMs: ofEach = 60_000, tryTimeoutMs = 15_000, ...options }: SendOptions): Send {
  const base = new URL(options.baseUrl).href.replace(/\/+$/, "");
  const tokens = tokensOf(options.token);
  const retry = { ...defaultRetry, ...options.retry };

  /** One try: an answer, or the error that it comes to. */
  async function attempt(url: string, init: RequestInit, waitMs: number, signal: AbortSignal) {
    const late = () => new Error(`No answer within ${tryTimeoutMs + waitMs} ms`);
    const once = { signal, timeoutMs: tryTimeoutMs + waitMs, late };
    try {
      return await within(once, async (signal) => read(await (options.fetch ?? fetch)(url, { ...init, signal })));
    } catch (cause) {
      signal.throwIfAborted();
      return new AppointmentsError("network", "The API cannot be reached", { status: undefined, cause });
    }
  }

  return ({ method, path, query = {}, headers = {}, body, waitMs = 0 }, { signal, timeoutMs = ofEach } = {}) => {
    const url = base + path + queryOf(query);
    const sent = headersOf({
      ...headers,
      accept: "application/json, application/problem+json",
      "accept-language": options.language,
      "content-type": body === undefined ? undefined : "application/json",
    });
    const init = { method, headers: sent, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const deadline = performance.now() + timeoutMs;
    let last: AppointmentsError | undefined;
    const late = () =>
      new AppointmentsError("timeout", `No answer within ${timeoutMs} ms`, { status: undefined, cause: last });
    return within({ signal, timeoutMs, late }, async (signal) => {
      let token = await unlessAborted(signal, tokens.current());
      let other: Promise<string> | undefined;
      for (let retries = 0; ; ) {
        sent.set("authorization", `Bearer ${token}`);
        const outcome = await attempt(url, init, waitMs, signal);
        if (!(outcome instanceof AppointmentsError)) return outcome;
        last = outcome;
        if (outcome.status === 401 && other === undefined) {
          other = tokens.after(token);
          if (other === undefined) throw outcome;
          token = await unlessAborted(signal, other);
          continue;
        }
        const ms = mayPass(outcome) ? delayMs(retries++, retry, outcome.retryAfterMs) : undefined;
        // What would come too late anyway is said at once, with its cause.
        if (ms === undefined || performance.now() + ms > deadline) throw outcome;
        await pause(ms, signal);
      }
    });
  };
}

/** The key of a request that is still at work is our own: an earlier try, whose answer was lost. */
const mayPass = ({ code, status }: AppointmentsError): boolean =>
  status === undefined || isPassing(status) || code === "request_in_progress";

function headersOf(headers: Record<string, string | undefined>): Headers {
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new Headers(given);
}

function queryOf(query: Record<string, string | number | undefined>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size > 0 ? `?${given}` : "";
}
