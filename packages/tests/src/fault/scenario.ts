import { randomUUID } from "node:crypto";
import type { Seen } from "./checker.ts";

/** An appointment as the API answers it. */
export interface Told {
  appointmentId: string;
  insuredId: string;
  countryISO: string;
}

/**
 * A client that repeats what it got no answer to, or 5xx, with the same key, and notes everything it asked and heard in `history`.
 *
 * @param url base URL of the API; a function is asked before each try, and may wait until there is one
 * @param tries of one request
 */
export function witness(url: string | (() => Promise<string>), history: Seen[], tries = 4) {
  const address = async () => (typeof url === "string" ? url : url());
  async function ask(
    path: string,
    body: object,
    seen: Omit<Seen, "answer">,
    headers: Record<string, string> = {},
  ): Promise<Told | undefined> {
    for (let attempt = 0; attempt < tries; attempt++) {
      const response = await fetch((await address()) + path, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(seen.key !== undefined && { "idempotency-key": seen.key }),
          ...headers,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(15_000),
      }).catch(() => undefined);
      // An answer that breaks off is none.
      const text = await response?.text().catch(() => undefined);
      const answer =
        response === undefined || text === undefined || response.status >= 500 ? "unknown" : response.status;
      const told = text !== undefined && response?.ok ? (JSON.parse(text) as Told) : undefined;
      history.push({ ...seen, answer, ...(told && { appointmentId: told.appointmentId }) });
      if (answer !== "unknown") return told;
    }
    return undefined;
  }
  return {
    book: (insuredId: string, scheduleId: number, countryISO: string, key: string = randomUUID()) => {
      const booking = { insuredId, scheduleId, countryISO };
      return ask("/appointments", booking, { request: "book", ...booking, key });
    },
    change: (
      of: Told,
      request: "cancel" | "reschedule",
      body: { scheduleId?: number } = {},
      headers: Record<string, string> = {},
    ) => {
      const { insuredId, countryISO, appointmentId } = of;
      const path = `/appointments/${insuredId}/${appointmentId}/${request}`;
      const seen = { request, insuredId, countryISO, appointmentId, key: randomUUID(), ...body };
      return ask(path, body, seen, headers);
    },
    /** Reads an appointment; undefined when no answer comes. */
    read: async ({ insuredId, appointmentId }: Told) => {
      const options = { signal: AbortSignal.timeout(15_000) };
      const response = await fetch(`${await address()}/appointments/${insuredId}/${appointmentId}`, options).catch(
        () => undefined,
      );
      if (response === undefined) return undefined;
      return { status: response.status, view: (await response.json()) as { status: string; version: number } };
    },
    list: async (insuredId: string) =>
      fetch(`${await address()}/appointments/${insuredId}`, { signal: AbortSignal.timeout(15_000) }).then(
        (response) => response.text(),
        () => undefined,
      ),
  };
}
