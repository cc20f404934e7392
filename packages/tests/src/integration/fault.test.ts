import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { bookingOf, eventOf } from "../kit/event.ts";
import { insuredInLogsOf } from "../privacy/logs.ts";
import { type AppointmentBody, clientOf } from "./client.ts";
import { operatorOf } from "./operator.ts";
import { eventually, startTestSystem, type TestSystem } from "./system.ts";

/* The common faults of this flow, one test each: what goes wrong elsewhere must not go wrong here. */
describe("nothing is lost and nothing is booked twice", () => {
  let system: TestSystem;
  let api: ReturnType<typeof clientOf>;
  let operator: ReturnType<typeof operatorOf>;
  let slot = 5000;
  beforeAll(async () => {
    system = await startTestSystem();
    api = clientOf(system);
    operator = operatorOf(system);
  });
  afterEach(() => system?.gateway.faults.clear());
  afterAll(async () => {
    operator?.close();
    await system?.remove();
  });

  const book = (insuredId: string, countryISO = "PE") => api.book({ insuredId, scheduleId: ++slot, countryISO });
  const calls = (service: string, action: string) =>
    system.gateway.recent().filter((call) => call.service === service && call.action === action);
  const consistent = async (appointment: AppointmentBody, country = "PE") => {
    const rows = await system.rows(country, "id = ?", [appointment.appointmentId]);
    expect(rows.map(({ status }) => status)).toEqual([(await api.read(appointment)).status]);
  };
  /** What the topic delivers for an appointment, as the API publishes it. */
  const requested = (appointment: AppointmentBody, change: object = {}) => ({
    ...eventOf("requested", bookingOf(appointment)),
    ...change,
  });

  test("a message is delivered twice: one row, one outcome", async () => {
    const booked = await book("00101");
    const completed = await api.decided(booked);
    const message = JSON.stringify(requested(booked));
    await operator.send("SQS_PE", [message, message]);
    for (const queue of ["SQS_PE", "SQS_CONFIRMATION"]) await operator.drained(queue);
    expect(await api.read(booked)).toEqual(completed);
    await consistent(booked);
  });

  test("an error between INSERT and PutEvents: the message comes again and the outcome is published", async () => {
    system.gateway.faults.add([{ function: "appointmentPe", service: "events", fault: "fail-before", times: 6 }]);
    const booked = await book("00102");
    await eventually("the row is there", async () => (await system.rows("PE", "id = ?", [booked.appointmentId]))[0]);
    expect((await api.decided(booked)).status).toBe("completed");
    expect(calls("events", "PutEvents").filter(({ fault }) => fault).length).toBeGreaterThanOrEqual(6);
    await consistent(booked);
  });

  test("the process is gone between INSERT and PutEvents: the reconciler brings it to its end", async () => {
    system.gateway.faults.add([{ function: "appointmentPe", service: "events", fault: "kill-before" }]);
    const booked = await book("00103");
    await eventually("it was killed at PutEvents", () =>
      calls("events", "PutEvents").find(({ fault }) => fault === "kill-before"),
    );
    await eventually("the row is there", async () => (await system.rows("PE", "id = ?", [booked.appointmentId]))[0]);
    expect((await api.read(booked)).status).toBe("pending");
    await operator.reconcileNow(booked);
    expect((await api.decided(booked)).status).toBe("completed");
    await consistent(booked);
  });

  test("PutEvents answers with FailedEntryCount > 0: the failed entries are published again", async () => {
    system.gateway.faults.add([{ function: "appointmentPe", service: "events", fault: "partial", times: 8 }]);
    const booked = await Promise.all(["00104", "00105", "00106"].map((insuredId) => book(insuredId)));
    for (const appointment of booked) expect((await api.decided(appointment)).status).toBe("completed");
    expect(calls("events", "PutEvents").some(({ fault }) => fault === "partial")).toBe(true);
  });

  test("the SNS publish fails after the DynamoDB put: 202, and the reconciler publishes it", async () => {
    system.gateway.faults.add([{ function: "appointment", service: "sns", fault: "fail-before", times: 100 }]);
    const since = new Date().toISOString();
    const booked = await book("00107");
    system.gateway.faults.clear();
    const published = calls("sns", "Publish").filter(({ time }) => time >= since);
    expect(new Set(published.map(({ fault }) => fault))).toEqual(new Set(["fail-before"]));
    expect((await api.read(booked)).status).toBe("pending");
    await operator.reconcileNow(booked);
    expect((await api.decided(booked)).status).toBe("completed");
    await consistent(booked);
  });

  test("the client repeats with its key after the publish failed: the same appointment, now on its way", async () => {
    const booking = { insuredId: "00108", scheduleId: ++slot, countryISO: "CL" };
    const headers = { "idempotency-key": "8e03978e-40d5-43e8-bc93-6894a57f9324" };
    system.gateway.faults.add([{ function: "appointment", service: "sns", fault: "fail-before", times: 100 }]);
    const first = await api.book(booking, headers);
    system.gateway.faults.clear();
    const again = await api.book(booking, headers);
    expect(again.appointmentId).toBe(first.appointmentId);
    expect((await api.decided(first)).status).toBe("completed");
  });

  test("poison in a batch goes to the dead-letter queue with its cause; the others go through", async () => {
    const pending = await Promise.all(
      ["00109", "00110"].map(async (insuredId) => {
        system.gateway.faults.add([{ function: "appointment", service: "sns", fault: "fail-before", times: 100 }]);
        return book(insuredId);
      }),
    );
    system.gateway.faults.clear();
    const [good, alsoGood] = pending.map((appointment) => JSON.stringify(requested(appointment)));
    const [sample] = pending as [AppointmentBody];
    const poison = {
      "not JSON": "{ not json",
      "another country": JSON.stringify(requested({ ...sample, countryISO: "CL" })),
      "an unknown country": JSON.stringify(requested({ ...sample, countryISO: "AR" })),
      "an unknown version": JSON.stringify(requested(sample, { type: "appointment.requested.v9" })),
      "a missing field": JSON.stringify(requested(sample, { data: {} })),
    };
    const before = await operator.depth("SQS_PE");
    await operator.send("SQS_PE", [good ?? "", ...Object.values(poison), alsoGood ?? ""]);
    for (const appointment of pending) expect((await api.decided(appointment)).status).toBe("completed");
    const dead = await operator.receive("SQS_PE_DLQ", Object.keys(poison).length);
    expect(new Set(dead.map(({ Body }) => Body))).toEqual(new Set(Object.values(poison)));
    for (const { MessageAttributes, Body } of dead) {
      expect(MessageAttributes?.cause?.StringValue, Body).toMatch(/^[a-z_]+: /);
      expect(MessageAttributes?.sourceMessageId?.StringValue, Body).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(await operator.depth("SQS_PE")).toBe(before);
    expect(await system.rows("CL", "insured_id in ('00109', '00110')")).toEqual([]);
  });

  test("a confirmation comes twice, late, or for an unknown item: no change and no ghost", async () => {
    const winner = await api.decided(await book("00111", "CL"));
    const outcome = (appointment: AppointmentBody, status: "completed" | "rejected") => {
      const reason = status === "rejected" && { reason: "schedule_taken" };
      const data = { ...bookingOf(appointment), status, ...reason, version: 2, updatedAt: "2026-01-01T00:00:00.000Z" };
      return eventOf(status, data, { source: "cl" });
    };
    const unknown = { ...winner, insuredId: "99999", appointmentId: "01a20b89-4e7c-7206-a4b6-18a1245576f3" };
    await operator.put(outcome(winner, "completed"));
    await operator.put(outcome(winner, "rejected"));
    await operator.put(outcome(unknown, "completed"));
    const [dead] = await operator.receive("SQS_CONFIRMATION_DLQ", 1);
    expect(dead?.Body).toContain(unknown.appointmentId);
    expect(dead?.MessageAttributes?.cause?.StringValue).toMatch(/^appointment_(unknown|not_found)/);
    await operator.drained("SQS_CONFIRMATION");
    expect(await api.read(winner)).toEqual(winner);
    expect(await operator.item(unknown)).toBeUndefined();
  });

  test("a function that lacks a right is denied, as on AWS", async () => {
    // The API has no business on the bus: what it asks for there is refused, whoever asks in its name.
    const { EventBridgeClient, PutEventsCommand } = await import("@aws-sdk/client-eventbridge");
    const { url: endpoint, region } = system.state.gateway;
    const credentials = system.credentialsOf("appointment");
    const client = new EventBridgeClient({ endpoint, region, credentials, maxAttempts: 1 });
    const entry = { EventBusName: system.graph.buses[0]?.busName, Source: "x", DetailType: "y", Detail: "{}" };
    await expect(client.send(new PutEventsCommand({ Entries: [entry] }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    client.destroy();
  });

  test("no insured person is in any log after all that", async () => {
    expect(await insuredInLogsOf(system)).toEqual([]);
  });
});
