import { randomUUID } from "node:crypto";
import { dice } from "../../dice.ts";
import type { ApiAccess } from "../../integration/access.ts";
import { eventually } from "../../integration/system.ts";
import type { Seen } from "../checker.ts";
import { type Told, witness } from "../scenario.ts";

/** A request lives through this many tries: more than there are kills, each of which breaks it off once. */
const tries = 20;
/** Slots that are asked for at a time; after as many bookings come the next ones. Two ask for nearly each. */
const slotsAtOnce = 12;
const bookingsForSlots = 24;

/**
 * Clients that book in both countries for the same slots, cancel before and after the decision, reschedule, and repeat.
 *
 * @param options.api waits while there is no system
 */
export function startLoad(options: { api: () => Promise<ApiAccess>; seed: number; clients: number }) {
  const history: Seen[] = [];
  const people = Array.from({ length: options.clients }, (_, index) => `0${String(index + 100).padStart(4, "0")}`);
  const client = witness(options.api, history, tries);
  let stopping = false;
  let booked = 0;

  /** Asks until the country has answered; a client that has waited long goes on with something else. */
  async function decided(told: Told): Promise<void> {
    for (let look = 0; look < 40 && !stopping; look++) {
      const read = await client.read(told);
      if (read?.view && read.view.status !== "pending") return;
      await new Promise((again) => setTimeout(again, 50));
    }
  }

  async function live(insuredId: string, roll: () => number): Promise<void> {
    while (!stopping) {
      const slot = () => 1 + Math.floor(booked / bookingsForSlots) * slotsAtOnce + Math.floor(roll() * slotsAtOnce);
      const scheduleId = slot();
      const country = roll() < 0.5 ? "PE" : "CL";
      booked++;
      const key = randomUUID();
      const book = () => client.book(insuredId, scheduleId, country, key);
      const [told] = await Promise.all(roll() < 0.3 ? [book(), book()] : [book()]);
      if (told === undefined) continue;
      if (roll() < 0.2) await client.change(told, "cancel");
      if (roll() < 0.7) {
        await decided(told);
        if (roll() < 0.6) await client.change(told, "reschedule", { scheduleId: slot() });
        if (roll() < 0.4) await client.change(told, "cancel");
      }
      if (roll() < 0.3) await book();
    }
  }

  let broken: unknown;
  const lives = Promise.all(people.map((insuredId, index) => live(insuredId, dice(options.seed + index))));
  lives.catch((error: unknown) => {
    broken = error;
  });
  const answered = () => history.filter(({ answer }) => answer !== "unknown").length;
  return {
    history,
    /** Waits until clients have had so many more answers. Throws when a client has broken down. */
    async answers(count: number, timeoutMs: number): Promise<void> {
      const enough = answered() + count;
      await eventually(
        `${count} more answers`,
        () => {
          if (broken !== undefined) throw broken;
          return answered() >= enough ? true : undefined;
        },
        timeoutMs,
      );
    },
    insured: new Set(people) as ReadonlySet<string>,
    /** Lets each client end what it is about. Throws when one has broken down. */
    stop: async () => {
      stopping = true;
      await lives;
    },
  };
}
