import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppointmentBody, type Booking, clientOf } from "../../integration/client.ts";
import { operatorOf } from "../../integration/operator.ts";
import { startTestSystem, type TestSystem } from "../../integration/system.ts";
import { insuredInLogsOf } from "../../privacy/logs.ts";

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system?.remove());

/**
 * Attempts of a client that is answered 503 under load, as the API's contract has it: it waits, then sends the same key. The
 * try before may then still be at work, which is 409, for six seconds at most.
 */
const attempts = 10;

async function book(api: ReturnType<typeof clientOf>, booking: Booking): Promise<AppointmentBody> {
  const key = randomUUID();
  for (let attempt = 1; ; attempt++) {
    const response = await api.post(booking, { "idempotency-key": key });
    if (response.status === 202) return (await response.json()) as AppointmentBody;
    const retryAfter = Number(response.headers.get("retry-after"));
    if (![409, 503].includes(response.status) || !(retryAfter > 0) || attempt === attempts) {
      throw new Error(`${response.status}: ${await response.text()}`);
    }
    await sleep(retryAfter * 1000);
  }
}

test("500 appointments posted by 20 clients at once all end, none twice, none lost, both stores agree", async () => {
  const api = clientOf(system);
  const operator = operatorOf(system);
  const total = 500;
  // Two in five ask for a slot that somebody else asks for too.
  const bookings = Array.from({ length: total }, (_, index) => ({
    insuredId: String(index).padStart(5, "0"),
    scheduleId: 1 + Math.floor(index * 0.8),
    countryISO: index % 2 === 0 ? "PE" : "CL",
  }));
  const waiting = [...bookings];
  const booked: AppointmentBody[] = [];
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let booking = waiting.pop(); booking; booking = waiting.pop()) booked.push(await book(api, booking));
    }),
  );
  const decided = await Promise.all(booked.map((appointment) => api.decided(appointment, 60_000)));

  expect(new Set(decided.map(({ appointmentId }) => appointmentId)).size).toBe(total);
  const rows = [...(await system.rows("PE")), ...(await system.rows("CL"))];
  expect(new Map(rows.map(({ id, status }) => [id, status]))).toEqual(
    new Map(decided.map(({ appointmentId, status }) => [appointmentId, status])),
  );
  expect(rows).toHaveLength(total);

  const slots = new Set(bookings.map(({ countryISO, scheduleId }) => `${countryISO} ${scheduleId}`));
  const winners = decided.filter(({ status }) => status === "completed");
  expect(winners).toHaveLength(slots.size);
  expect(new Set(winners.map(({ countryISO, scheduleId }) => `${countryISO} ${scheduleId}`))).toEqual(slots);
  expect(decided.filter(({ reason }) => reason === "schedule_taken")).toHaveLength(total - slots.size);

  for (const queue of Object.keys(system.state.queues)) expect(await operator.depth(queue), queue).toBe(0);
  expect((await operator.items()).filter((item) => item.pendingShard)).toEqual([]);
  operator.close();
  expect(await insuredInLogsOf(system)).toEqual([]);
}, 120_000);
