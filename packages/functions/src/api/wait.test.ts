import type { Appointment } from "@appointments/core/appointment/appointment";
import { saveRequest } from "@appointments/core/appointment/request";
import { settle } from "@appointments/core/appointment/settle";
import { newId } from "@appointments/core/id";
import { operator } from "@appointments/tests/kit/caller";
import { captureLog } from "@appointments/tests/kit/capture";
import { startTable } from "@appointments/tests/kit/emulator";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { asAdmin } from "../testing/caller.ts";
import { settings } from "../testing/settings.ts";
import { createApp } from "./app.ts";

let emulator: Awaited<ReturnType<typeof startTable>>;
let insuredId: string;
let counter = 0;
beforeAll(async () => {
  emulator = await startTable();
});
afterAll(() => emulator?.stop());
beforeEach(() => {
  captureLog();
  insuredId = String(40_000 + ++counter);
});
afterEach(() => vi.restoreAllMocks());

const start = Date.parse("2026-11-24T03:00:00.000Z");

interface Told {
  random?: () => number;
  meanwhile?: Record<number, () => Promise<unknown>>;
}

/**
 * An API whose clock goes on by its pauses alone, so that no test waits. `meanwhile` is done in the pause of this number, 1
 * the first.
 */
function apiOf({ random = () => 0, meanwhile = {} }: Told = {}) {
  let now = start;
  const pauses: number[] = [];
  const app = createApp({
    ...settings,
    table: emulator.table,
    topic: { publish: async () => {} },
    waiting: {
      random,
      now: () => now,
      pause: async (milliseconds) => {
        pauses.push(milliseconds);
        now += milliseconds;
        await meanwhile[pauses.length]?.();
      },
    },
  });
  async function read(of: Pick<Appointment, "appointmentId">, query = "", { headers = {}, remaining = 29_000 } = {}) {
    const env = { ...asAdmin, remaining: () => remaining - (now - start) };
    const response = await app.request(`/appointments/${insuredId}/${of.appointmentId}${query}`, { headers }, env);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
  }
  return { app, read, pauses };
}

const pending = () => saveRequest(emulator.table, operator, { insuredId, scheduleId: 1, countryISO: "PE" });
const decide = ({ status: _s, ...booking }: Appointment) =>
  settle(emulator.table, { ...booking, status: "completed", version: 2 });

describe("GET …/{appointmentId}?wait", () => {
  test("answers as soon as the appointment is decided", async () => {
    const made = await pending();
    const { read, pauses } = apiOf({ meanwhile: { 3: () => decide(made) } });
    expect(await read(made, "?wait=20")).toMatchObject({ status: 200, body: { status: "completed", version: 2 } });
    expect(pauses).toHaveLength(3);
  });

  test("of what is decided answers at once", async () => {
    const made = await pending();
    await decide(made);
    const { read, pauses } = apiOf();
    expect(await read(made, "?wait=20")).toMatchObject({ status: 200, body: { status: "completed" } });
    expect(pauses).toEqual([]);
  });

  test("waits for the end of a change, too", async () => {
    const made = await pending();
    await decide(made);
    const { app, read, pauses } = apiOf({
      meanwhile: {
        2: () => {
          const change = { number: 1, kind: "cancel", status: "completed" } as const;
          const { status: _s, ...booking } = made;
          return settle(emulator.table, { ...booking, status: "cancelled", version: 4, change });
        },
      },
    });
    const path = `/appointments/${insuredId}/${made.appointmentId}/cancel`;
    expect((await app.request(path, { method: "POST" }, asAdmin)).status).toBe(202);
    expect(await read(made, "?wait=20")).toMatchObject({ status: 200, body: { status: "cancelled", version: 4 } });
    expect(pauses).toHaveLength(2);
  });

  test.each([
    [1, 0],
    [1, 0.999],
    [2, 0.5],
    [20, 0],
    [20, 0.999],
  ])("of %s seconds ends then with what is, and reads once a second at most (dice %s)", async (seconds, dice) => {
    const { read, pauses } = apiOf({ random: () => dice });
    const reads = vi.spyOn(emulator.table.client, "send");
    const made = await pending();
    reads.mockClear();
    expect(await read(made, `?wait=${seconds}`)).toMatchObject({ status: 200, body: { status: "pending" } });
    expect(pauses.reduce((sum, each) => sum + each, 0)).toBeCloseTo(seconds * 1_000);
    for (const each of pauses) expect(each).toBeGreaterThanOrEqual(999.999);
    expect(reads).toHaveBeenCalledTimes(pauses.length + 1);
  });

  test("without wait reads once", async () => {
    const { read, pauses } = apiOf();
    expect(await read(await pending())).toMatchObject({ status: 200, body: { status: "pending" } });
    expect(pauses).toEqual([]);
  });

  test.each([
    [29_000, 20_000],
    [14_000, 6_000],
    [8_500, 500],
    [3_000, 0],
  ])("with %s ms left to the function waits %s: there is time for a last read", async (remaining, waited) => {
    const { read, pauses } = apiOf();
    expect(await read(await pending(), "?wait=20", { remaining })).toMatchObject({ body: { status: "pending" } });
    expect(pauses.reduce((sum, each) => sum + each, 0)).toBe(waited);
  });

  test("with If-None-Match: 304 when the time is over and nothing has changed, 200 when something has", async () => {
    const headers = { "if-none-match": '"1"' };
    const [still, moved] = [await pending(), await pending()];
    const unchanged = await apiOf().read(still, "?wait=3", { headers });
    expect(unchanged).toMatchObject({ status: 304, body: undefined });
    expect(unchanged.headers.get("etag")).toBe('"1"');
    const { read } = apiOf({ meanwhile: { 1: () => decide(moved) } });
    expect(await read(moved, "?wait=3", { headers })).toMatchObject({ status: 200, body: { version: 2 } });
  });

  test("of an appointment that is not there: 404 at once", async () => {
    const { read, pauses } = apiOf();
    const gone = await read({ appointmentId: newId() }, "?wait=20");
    expect(gone).toMatchObject({ status: 404, body: { code: "appointment_not_found" } });
    expect(pauses).toEqual([]);
  });

  test.each(["0", "21", "1.5", "", "x", "-1", "01", "1e1"])("wait=%s: 400, named", async (wait) => {
    const { body, status } = await apiOf().read(await pending(), `?wait=${wait}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: "parameters_invalid" });
    expect(body.errors).toEqual([{ parameter: "wait", detail: "must be an integer from 1 to 20", code: "invalid" }]);
  });
});
