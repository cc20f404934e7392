import { join } from "node:path";
import config from "@appointments/app/graph";
import { namesOf } from "@appointments/graph/names";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf } from "../integration/client.ts";
import { operatorOf } from "../integration/operator.ts";
import { eventually, startTestSystem, type TestSystem } from "../integration/system.ts";
import { eventOf } from "../kit/event.ts";
import { root } from "../repository.ts";

/*
 * Every kind of call that the functions make, in one run: bookings, repeats, losers, what cannot be read, what fails for a
 * while, what has to be sent again. What the gateway saw is what docs/architecture.md says who must reach what.
 */
let system: TestSystem;
let operator: ReturnType<typeof operatorOf>;
beforeAll(async () => {
  system = await startTestSystem();
  operator = operatorOf(system);
});
afterAll(async () => {
  operator?.close();
  await system?.remove();
});

test("the functions call what calls.txt holds, and nothing else", async () => {
  const api = clientOf(system);
  const seen = (name: string, action: string) =>
    system.gateway.recent().some((call) => call.function === name && call.action === action && !call.fault);
  let slot = 9000;

  for (const [country, suffix] of [
    ["PE", "Pe"],
    ["CL", "Cl"],
  ] as const) {
    const booking = { insuredId: "00042", scheduleId: ++slot, countryISO: country };
    const booked = await api.book(booking, { "idempotency-key": `calls-${country}` });
    await api.book(booking, { "idempotency-key": `calls-${country}` });
    await api.decided(booked);
    expect((await api.get("/appointments/00042")).status).toBe(200);
    const { status } = await system.call(`/appointments/00042/${booked.appointmentId}/cancel`, { method: "POST" });
    expect(status).toBe(202);

    await operator.send(`SQS_${country}`, ["{broken"]);
    await eventually(`appointment${suffix} buries it`, () => seen(`appointment${suffix}`, "SendMessage") || undefined);

    // Until the bus is back the message is postponed, and the reconciler finds the appointment pending.
    system.gateway.faults.add([
      { function: `appointment${suffix}`, service: "events", fault: "fail-before", times: 99 },
    ]);
    const late = await api.book({ ...booking, insuredId: "00043", scheduleId: ++slot });
    await eventually(
      `appointment${suffix} postpones it`,
      () => seen(`appointment${suffix}`, "ChangeMessageVisibility") || undefined,
    );
    await operator.reconcileNow(late);
    system.gateway.faults.clear();
    await api.decided(late);
  }

  await operator.send("SQS_CONFIRMATION", ["{broken"]);
  await eventually("confirmation buries it", () => seen("confirmation", "SendMessage") || undefined);
  system.gateway.faults.add([{ function: "confirmation", service: "dynamodb", fault: "fail-before", times: 3 }]);
  const late = await api.book({ insuredId: "00044", scheduleId: ++slot, countryISO: "PE" });
  await eventually("confirmation postpones it", () => seen("confirmation", "ChangeMessageVisibility") || undefined);
  const decided = await api.decided(late);
  await operator.put(eventOf("completed", decided, { source: "pe", time: decided.updatedAt }));
  await eventually("confirmation looks at what is decided already", () => seen("confirmation", "GetItem") || undefined);

  const name = namesOf(system.graph);
  const lines = system.gateway
    .recent()
    .filter((call) => system.functions.has(call.function))
    // A batch needs the right to the single action, and is the same way.
    .flatMap((call) =>
      call.resources.map((arn) => `${call.function} ${call.service}:${call.action.replace(/Batch$/, "")} ${name(arn)}`),
    );
  await expect(`${[...new Set(lines)].sort().join("\n")}\n`).toMatchFileSnapshot(join(root, config.reach.calls));
}, 90_000);
