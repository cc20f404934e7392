import { setTimeout as sleep } from "node:timers/promises";
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { awsTrouble, clientConfig, isPassingName, once } from "../aws/client.ts";
import { AppError } from "../error.ts";
import { fullJitter } from "../time.ts";
import type { WireOutcome } from "./wire.ts";

/** Where countries publish their outcomes. */
export interface Bus {
  /**
   * Publishes outcomes. Never rejects.
   *
   * @returns the error of each event that the bus did not take, by event id.
   */
  publish(events: WireOutcome[]): Promise<Map<string, AppError>>;
}

/** The EventBridge bus of a name. */
export const busNamed = (client: EventBridgeClient, name: string): Bus => ({
  publish: (events) => {
    // A request that is twice in a batch has one outcome.
    const distinct = [...new Map(events.map((event) => [event.id, event])).values()];
    return putEvents(
      client,
      name,
      distinct.map((event) => ({ ...event, detail: JSON.stringify(event) })),
    );
  },
});

/** The EventBridge client of this environment. */
export const eventBridge = once(() => new EventBridgeClient(clientConfig));

/** One event for the bus. `id` says which one failed. */
export interface BusEvent {
  id: string;
  source: string;
  type: string;
  /** JSON text. */
  detail: string;
  /** ISO 8601. */
  time: string;
}

/** Limits of one call: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const maxEntries = 10;
const maxBytes = 256 * 1024;

const attempts = 3;
const backoff = { baseMs: 100, capMs: 1_000 };

/**
 * Puts events on the bus, ten a call, and says which failed: PutEvents answers 200 with `FailedEntryCount` above zero
 * when it took only some. Only those are sent again, up to three times in all.
 *
 * @returns the error of each event that the bus did not take, by id; empty when all went through. Never rejects.
 */
export async function putEvents(
  client: EventBridgeClient,
  busName: string,
  events: BusEvent[],
): Promise<Map<string, AppError>> {
  const failed = new Map<string, AppError>();
  let away: AppError | undefined;
  for (const chunk of chunks(events)) {
    // A bus that does not answer is not asked ten times: the function would end by its timeout.
    away ??= await putChunk(client, busName, chunk, failed);
    if (away) for (const { id } of chunk) failed.set(id, away);
  }
  return failed;
}

/** Notes in `failed` what the bus did not take; returns an error when the call itself failed. */
async function putChunk(
  client: EventBridgeClient,
  busName: string,
  chunk: BusEvent[],
  failed: Map<string, AppError>,
): Promise<AppError | undefined> {
  let open = chunk;
  for (let attempt = 1; ; attempt++) {
    const errors = await putOnce(client, busName, open);
    if (errors instanceof AppError) return errors;
    for (const { id } of open) failed.delete(id);
    for (const [id, error] of errors) failed.set(id, error);
    open = open.filter(({ id }) => errors.get(id)?.code === "bus_unavailable");
    if (open.length === 0 || attempt === attempts) return undefined;
    await sleep(fullJitter(attempt, backoff));
  }
}

async function putOnce(
  client: EventBridgeClient,
  busName: string,
  chunk: BusEvent[],
): Promise<Map<string, AppError> | AppError> {
  try {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({ Entries: chunk.map((event) => entryOf(busName, event)) }),
    );
    // Answers stand in the order of the entries. What has no EventId was not taken.
    const failed = chunk.flatMap(({ id }, index) =>
      Entries[index]?.EventId ? [] : [[id, refused(Entries[index]?.ErrorCode)] as const],
    );
    return new Map(failed);
  } catch (error) {
    // The SDK has repeated a failed call already.
    return awsTrouble(error, "bus_unavailable", "EventBridge");
  }
}

const refused = (code = "no code"): AppError =>
  isPassingName(code)
    ? new AppError("bus_unavailable", `EventBridge did not take the event (${code}); try again later`)
    : new AppError("internal", `EventBridge refused the event (${code}); check the bus and the function's permissions`);

const entryOf = (busName: string, { source, type, detail, time }: BusEvent): PutEventsRequestEntry => ({
  EventBusName: busName,
  Source: source,
  DetailType: type,
  Detail: detail,
  Time: new Date(time),
});

/** Size of an entry as EventBridge counts it: 14 bytes for the time, and source, type and detail in UTF-8. */
const sizeOf = ({ source, type, detail }: BusEvent): number =>
  14 + Buffer.byteLength(source) + Buffer.byteLength(type) + Buffer.byteLength(detail);

/** Splits events by number and by size; an event that is too large alone stays alone, so that it fails alone. */
export function chunks(events: BusEvent[]): BusEvent[][] {
  const all: BusEvent[][] = [];
  let room = 0;
  for (const event of events) {
    const size = sizeOf(event);
    const last = all.at(-1);
    if (last && last.length < maxEntries && size <= room) {
      last.push(event);
      room -= size;
    } else {
      all.push([event]);
      room = maxBytes - size;
    }
  }
  return all;
}
