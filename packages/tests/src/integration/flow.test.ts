import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insuredInLogsOf } from "../privacy/logs.ts";
import { attacks } from "./attack.ts";
import { clientOf } from "./client.ts";
import { startTestSystem, type TestSystem } from "./system.ts";

describe("the flow, from the request to the row", () => {
  let system: TestSystem;
  let api: ReturnType<typeof clientOf>;
  let slot = 1000;
  beforeAll(async () => {
    system = await startTestSystem();
    api = clientOf(system);
  });
  afterAll(() => system?.remove());

  test.each([
    ["PE", "CL"],
    ["CL", "PE"],
  ])(
    "an appointment in %s is completed, its row is in that country's database and not in %s's",
    async (country, other) => {
      const booking = { insuredId: "00042", scheduleId: ++slot, countryISO: country };
      const response = await api.post(booking);
      expect(response.status).toBe(202);
      const pending = (await response.json()) as Awaited<ReturnType<typeof api.book>>;
      expect(pending).toMatchObject({ ...booking, status: "pending", version: 1 });
      expect(response.headers.get("location")).toBe(`/appointments/00042/${pending.appointmentId}`);

      const completed = await api.decided(pending);
      expect(completed).toMatchObject({ ...booking, status: "completed", version: 2 });
      expect(await system.rows(country, "id = ?", [pending.appointmentId])).toEqual([
        { id: pending.appointmentId, insured_id: "00042", schedule_id: slot, status: "completed", reason: null },
      ]);
      expect(await system.rows(other, "id = ?", [pending.appointmentId])).toEqual([]);
    },
  );

  test("a taken slot is rejected with its reason, in that country only", async () => {
    const scheduleId = ++slot;
    const first = await api.decided(await api.book({ insuredId: "00001", scheduleId, countryISO: "PE" }));
    const second = await api.decided(await api.book({ insuredId: "00002", scheduleId, countryISO: "PE" }));
    const elsewhere = await api.decided(await api.book({ insuredId: "00003", scheduleId, countryISO: "CL" }));
    expect(first.status).toBe("completed");
    expect(second).toMatchObject({ status: "rejected", reason: "schedule_taken", version: 2 });
    expect(elsewhere.status).toBe("completed");
  });

  test("two people ask for one slot at once: one gets it", async () => {
    const scheduleId = ++slot;
    const insured = Array.from({ length: 30 }, (_, index) => `01${String(index).padStart(3, "0")}`);
    const booked = await Promise.all(insured.map((insuredId) => api.book({ insuredId, scheduleId, countryISO: "CL" })));
    const decided = await Promise.all(booked.map((appointment) => api.decided(appointment)));
    expect(decided.filter(({ status }) => status === "completed")).toHaveLength(1);
    expect(decided.filter(({ reason }) => reason === "schedule_taken")).toHaveLength(29);
  });

  test("the same Idempotency-Key books once; with another body it is refused", async () => {
    const key = randomUUID();
    const booking = { insuredId: "00077", scheduleId: ++slot, countryISO: "PE" };
    const first = await api.book(booking, { "idempotency-key": key });
    const again = await api.book(booking, { "idempotency-key": key });
    expect(again.appointmentId).toBe(first.appointmentId);
    for (const other of [
      { ...booking, scheduleId: 1 },
      { ...booking, insuredId: "00078" },
    ]) {
      expect((await api.post(other, { "idempotency-key": key })).status).toBe(422);
    }
    expect(await api.decided(first)).toMatchObject({ status: "completed" });
    expect(await system.rows("PE", "insured_id in ('00077', '00078')")).toHaveLength(1);
  });

  test("a list is newest first, in pages that end", async () => {
    const made: string[] = [];
    for (let index = 0; index < 5; index++) {
      made.unshift((await api.book({ insuredId: "00500", scheduleId: ++slot, countryISO: "PE" })).appointmentId);
    }
    const seen: string[] = [];
    let path: string | undefined = "/appointments/00500?limit=2";
    let pages = 0;
    while (path !== undefined) {
      const page = (await (await api.get(path)).json()) as { items: { appointmentId: string }[]; nextCursor?: string };
      seen.push(...page.items.map(({ appointmentId }) => appointmentId));
      path = page.nextCursor && `/appointments/00500?limit=2&cursor=${encodeURIComponent(page.nextCursor)}`;
      pages++;
    }
    expect(seen).toEqual(made);
    expect(pages).toBe(3);
  });

  test("bad input is refused by name, and nothing of it is stored, published or logged", async () => {
    const counted = () =>
      system.gateway.meter
        .read()
        .requests.filter(({ function: name, action }) => name === "appointment" && action !== "Query");
    const before = JSON.stringify(counted());
    const response = await api.post({ insuredId: "918273", scheduleId: -1, countryISO: "PE ", secret: "hunter2" });
    expect(response.status).toBe(422);
    expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    const problem = (await response.json()) as { errors: { pointer: string }[] };
    expect(problem.errors.map(({ pointer }) => pointer).sort()).toEqual([
      "#/countryISO",
      "#/insuredId",
      "#/scheduleId",
      "#/secret",
    ]);
    for (const [body, status] of [
      ["", 400],
      ["{", 400],
      ['{"insuredId":"00001"}', 422],
      ["x".repeat(17_000), 413],
    ] as const) {
      expect((await api.post(body)).status, body.slice(0, 30)).toBe(status);
    }
    expect((await api.get("/nope")).status).toBe(404);
    expect((await system.call("/appointments", { method: "DELETE" })).status).toBe(404);
    expect((await api.get("/appointments/00042?cursor=forged")).status).toBe(400);
    expect(JSON.stringify(counted())).toBe(before);
    const log = JSON.stringify(system.logged);
    for (const text of ["918273", "hunter2"]) expect(log).not.toContain(text);
  });

  describe("an attacker", () => attacks(() => system));

  test("no insured person is in any log, in memory or on disk, in any encoding", async () => {
    expect(await insuredInLogsOf(system)).toEqual([]);
  });
});
