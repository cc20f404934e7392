import type { IncomingHttpHeaders } from "node:http";
import type { Answer } from "../aws/request.ts";

/** Names of this machine that no other machine can have in a DNS that a browser asks. */
const own = /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Whether a request is from a web page of elsewhere. Its browser runs on this machine and so reaches the gateway, under
 * a foreign name that was made to lead here (DNS rebinding), or under our own name with the page's Origin.
 */
export function isForeign({ host = "", origin }: IncomingHttpHeaders): boolean {
  return !own.test(host) || (origin !== undefined && !own.test(origin.replace(/^https?:\/\//, "")));
}

export const foreign: Answer = {
  status: 403,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ message: "Call this as 127.0.0.1 or localhost, and from no web page of another host." }),
};
