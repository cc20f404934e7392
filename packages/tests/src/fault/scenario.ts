import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type ApiAccess, call } from "../integration/access.ts";
import type { AppointmentBody } from "../integration/client.ts";
import type { Seen } from "./checker.ts";

/** An appointment as the API answers it. */
export type Told = Pick<AppointmentBody, "appointmentId" | "insuredId" | "countryISO">;

/**
 * A client that repeats what it got no answer to, or 5xx, with the same key, and notes everything it asked and heard in `history`.
 *
 * @param api a function is asked before each try, and may wait until there is one
 * @param tries of one request
 */
export function witness(api: ApiAccess | (() => Promise<ApiAccess>), history: Seen[], tries = 4) {
  /** One try. @returns undefined when no answer comes, or one that breaks off */
  async function attempt(path: string, init: RequestInit = {}) {
    const access = typeof api === "function" ? await api() : api;
    try {
      const response = await call(access, path, { ...init, signal: AbortSignal.timeout(15_000) });
      return { status: response.status, text: await response.text() };
    } catch {
      return undefined;
    }
  }
  async function ask(path: string, body: object, seen: Omit<Seen, "answer">, more: Record<string, string> = {}) {
    const key = seen.key !== undefined && { "idempotency-key": seen.key };
    const headers = { "content-type": "application/json", ...key, ...more };
    for (let count = 0; count < tries; count++) {
      const heard = await attempt(path, { method: "POST", headers, body: JSON.stringify(body) });
      if (heard?.status === 409 && heard.text.includes('"request_in_progress"')) {
        // The first try may still be at work; when it has died, the API lets another take over after some seconds.
        count--;
        await sleep(1_000);
        continue;
      }
      const answer = heard === undefined || heard.status >= 500 ? "unknown" : heard.status;
      const told = heard && heard.status < 300 ? (JSON.parse(heard.text) as Told) : undefined;
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
      { insuredId, countryISO, appointmentId }: Told,
      request: "cancel" | "reschedule",
      body: { scheduleId?: number } = {},
      headers: Record<string, string> = {},
    ) => {
      const path = `/appointments/${insuredId}/${appointmentId}/${request}`;
      const seen = { request, insuredId, countryISO, appointmentId, key: randomUUID(), ...body };
      return ask(path, body, seen, headers);
    },
    /** Reads an appointment; undefined when no answer comes. */
    read: async ({ insuredId, appointmentId }: Told) => {
      const heard = await attempt(`/appointments/${insuredId}/${appointmentId}`);
      if (heard === undefined) return undefined;
      const view = heard.status === 200 ? (JSON.parse(heard.text) as { status: string; version: number }) : undefined;
      return { status: heard.status, view };
    },
    list: (insuredId: string) => attempt(`/appointments/${insuredId}`),
  };
}
