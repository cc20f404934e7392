import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { putEvents } from "../aws/bus.ts";
import type { AppError } from "../error.ts";
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
