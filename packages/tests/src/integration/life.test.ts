import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bookingOf, eventOf } from "../kit/event.ts";
import { insuredInLogsOf } from "../privacy/logs.ts";
import { type AppointmentBody, clientOf } from "./client.ts";
import { operatorOf } from "./operator.ts";
import { eventually, startTestSystem, type TestSystem } from "./system.ts";

describe("the life of an appointment after it is decided", () => {
  let system: TestSystem;
  let api: ReturnType<typeof clientOf>;
  let operator: ReturnType<typeof operatorOf>;
  let slot = 20_000;
  let person = 500;
  beforeAll(async () => {
    system = await startTestSystem();
    api = clientOf(system);
    operator = operatorOf(system);
  });
  afterAll(async () => {
    operator?.close();
    await system?.remove();
  });

  const nextInsured = () => String(++person).padStart(5, "0");
  const pathOf = ({ insuredId, appointmentId }: AppointmentBody) => `/appointments/${insuredId}/${appointmentId}`;
  const ask = async (of: AppointmentBody, verb: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await system.call(`${pathOf(of)}/${verb}`, {
      method: "POST",
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as AppointmentBody & { code?: string };
    return { status: response.status, etag: response.headers.get("etag"), body: answer };
  };
  const book = async (parts: Partial<AppointmentBody> = {}): Promise<AppointmentBody> => {
    const booking = { insuredId: nextInsured(), scheduleId: ++slot, countryISO: "PE", ...parts };
    return await api.decided(await api.book(booking));
  };
  /** The appointment once nothing is under way. */
  const settled = (of: AppointmentBody): Promise<AppointmentBody> =>
    eventually(`the change of ${of.appointmentId} is decided`, async () => {
      const now = await api.read(of);
      return now.status === "pending" || now.change?.status === "pending" ? undefined : now;
    });
  const causes = async (of: AppointmentBody): Promise<string[]> => {
    const { items } = (await (await api.get(`${pathOf(of)}/history`)).json()) as { items: { cause: string }[] };
    return items.map(({ cause }) => cause);
  };
  /** The item and the row tell the same. */
  const agree = async (of: AppointmentBody) => {
    const rows = await system.rows(of.countryISO, "id = ?", [of.appointmentId]);
    expect(rows).toEqual([
      {
        id: of.appointmentId,
        insured_id: of.insuredId,
        schedule_id: of.scheduleId,
        status: of.status,
        reason: of.reason ?? null,
      },
    ]);
    expect(await operator.item(of)).not.toHaveProperty("pendingShard");
  };

  test.each(["PE", "CL"])("%s: a cancel frees the slot for somebody else", async (countryISO) => {
    const first = await book({ countryISO });
    const answer = await ask(first, "cancel", { reason: "patient_request" }, { "if-match": '"2"' });
    expect(answer).toMatchObject({ status: 202, etag: '"3"', body: { change: { kind: "cancel", status: "pending" } } });
    const cancelled = await settled(first);
    expect(cancelled).toMatchObject({ status: "cancelled", reason: "patient_request", version: 4 });
    await agree(cancelled);
    expect(await book({ countryISO, scheduleId: first.scheduleId })).toMatchObject({ status: "completed" });
    expect(await ask(first, "cancel")).toMatchObject({ status: 202, body: { status: "cancelled", version: 4 } });
    expect(await ask(first, "reschedule", { scheduleId: 1 })).toMatchObject({
      status: 409,
      body: { code: "appointment_cancelled" },
    });
    expect(await causes(first)).toEqual(["requested", "completed", "cancel_requested", "cancelled"]);
  });

  test("a reschedule takes the new slot and gives the old one back; the id stays", async () => {
    const first = await book();
    const wanted = ++slot;
    expect((await ask(first, "reschedule", { scheduleId: wanted })).status).toBe(202);
    const moved = await settled(first);
    expect(moved).toMatchObject({
      appointmentId: first.appointmentId,
      status: "completed",
      scheduleId: wanted,
      version: 4,
    });
    await agree(moved);
    expect(await book({ scheduleId: first.scheduleId })).toMatchObject({ status: "completed" });
    expect(await book({ scheduleId: wanted })).toMatchObject({ status: "rejected" });
  });

  test("a reschedule to a slot that is held keeps the old one and says why", async () => {
    const [first, other] = [await book(), await book()];
    await ask(first, "reschedule", { scheduleId: other.scheduleId });
    const kept = await settled(first);
    expect(kept).toMatchObject({
      status: "completed",
      scheduleId: first.scheduleId,
      change: { status: "rejected", scheduleId: other.scheduleId, reason: "schedule_taken" },
    });
    await agree(kept);
    expect(await causes(first)).toEqual(["requested", "completed", "reschedule_requested", "reschedule_rejected"]);
  });

  test("a stale If-Match is 412, what the state machine forbids 409, and nothing moves", async () => {
    const first = await book();
    for (const [verb, body] of [
      ["cancel", {}],
      ["reschedule", { scheduleId: 1 }],
    ] as const) {
      expect(await ask(first, verb, body, { "if-match": '"1"' })).toMatchObject({ status: 412 });
    }
    const loser = await book({ scheduleId: first.scheduleId });
    expect(await ask(loser, "cancel")).toMatchObject({ status: 409, body: { code: "appointment_rejected" } });
    await agree((await api.read(first)) as AppointmentBody);
    await agree((await api.read(loser)) as AppointmentBody);
  });

  test("a cancel that overtakes its request wins, though the request comes in the end", async () => {
    // Nothing that the API publishes arrives, so the order of arrival is this test's.
    system.gateway.faults.add([{ function: "appointment", service: "sns", fault: "fail-before", times: 99 }]);
    const pending = await api.book({ insuredId: "00499", scheduleId: ++slot, countryISO: "PE" });
    const asked = await ask(pending, "cancel");
    expect(asked).toMatchObject({ status: 202, body: { status: "pending", version: 2 } });
    system.gateway.faults.clear();
    // The reconciler publishes what is under way: the cancel, which finds no row.
    await operator.reconcileNow(pending);
    const cancelled = await settled(pending);
    expect(cancelled).toMatchObject({ status: "cancelled", version: 3 });
    const late = JSON.stringify(eventOf("requested", bookingOf(pending)));
    await operator.send("SQS_PE", [late, late]);
    for (const queue of ["SQS_PE", "SQS_CONFIRMATION"]) await operator.drained(queue);
    expect(await api.read(pending)).toEqual(cancelled);
    await agree(cancelled);
    expect(await book({ scheduleId: pending.scheduleId })).toMatchObject({ status: "completed" });
    expect(await operator.depth("SQS_PE_DLQ")).toBe(0);
  });

  test("a cancel right after the booking ends in cancelled, whichever came first, and the stores agree", async () => {
    const booked = await Promise.all(
      Array.from({ length: 20 }, () => api.book({ insuredId: nextInsured(), scheduleId: ++slot, countryISO: "CL" })),
    );
    const answers = await Promise.all(booked.map((each) => ask(each, "cancel", { reason: "other" })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    for (const each of booked) {
      const end = await settled(each);
      expect(end).toMatchObject({ status: "cancelled", reason: "other" });
      await agree(end);
    }
  });

  test("no insured person is in any log after all that", async () => {
    expect(await insuredInLogsOf(system)).toEqual([]);
  });
});
