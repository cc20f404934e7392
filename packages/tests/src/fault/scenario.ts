import { randomUUID } from "node:crypto";
import type { Seen } from "./checker.ts";

/** An appointment as the API answers it. */
export interface Told {
  appointmentId: string;
  insuredId: string;
  countryISO: string;
}

/** Tries of one request; what got no answer, or 5xx, is repeated with the same key. */
const tries = 4;

/** A client that repeats what it got no answer to, and notes everything it asked and heard in `history`. */
export function witness(url: string, history: Seen[]) {
  async function ask(
    path: string,
    body: object,
    seen: Omit<Seen, "answer">,
    headers: Record<string, string> = {},
  ): Promise<Told | undefined> {
    for (let attempt = 0; attempt < tries; attempt++) {
      const response = await fetch(url + path, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(seen.key !== undefined && { "idempotency-key": seen.key }),
          ...headers,
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(15_000),
      }).catch(() => undefined);
      const told = response?.ok ? ((await response.json()) as Told) : undefined;
      const answer = response === undefined || response.status >= 500 ? "unknown" : response.status;
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
      const response = await fetch(`${url}/appointments/${insuredId}/${appointmentId}`, options).catch(() => undefined);
      if (response === undefined) return undefined;
      return { status: response.status, view: (await response.json()) as { status: string; version: number } };
    },
    list: (insuredId: string) =>
      fetch(`${url}/appointments/${insuredId}`, { signal: AbortSignal.timeout(15_000) }).then(
        (response) => response.text(),
        () => undefined,
      ),
  };
}
