import { type Changes, changesOf } from "./change.ts";
import { type SendOptions, senderOf } from "./http/send.ts";
import { type Reads, readsOf } from "./read.ts";

export type ClientOptions = SendOptions;
export type Client = Changes & Reads;

/**
 * The API's operations as functions.
 *
 * Each throws an `AppointmentsError` when the API refuses or cannot be reached, the reason of a signal that is aborted, the error of a
 * token provider that fails, and a `TypeError` for an id that can be no part of a URL. Network errors and the answers 429, 502, 503
 * and 504 are tried again after a random wait, or after what `Retry-After` asks for.
 */
export function createClient(options: ClientOptions): Client {
  const send = senderOf(options);
  return { ...changesOf(send), ...readsOf(send) };
}
