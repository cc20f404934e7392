import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { putEvents } from "../aws/bus.ts";
import type { AppError } from "../error.ts";
import type { AppointmentOutcome } from "./event.ts";

/**
 * Tells the bus what a country decided. Never rejects.
 *
 * @returns the error of each event that the bus did not take, by event id.
 */
export function publishOutcomes(
  bus: { client: EventBridgeClient; name: string },
  events: AppointmentOutcome[],
): Promise<Map<string, AppError>> {
  // A request that is twice in a batch has one outcome.
  const distinct = [...new Map(events.map((event) => [event.id, event])).values()];
  return putEvents(
    bus.client,
    bus.name,
    distinct.map((event) => ({ ...event, detail: JSON.stringify(event) })),
  );
}
