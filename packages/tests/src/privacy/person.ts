import { randomUUID } from "node:crypto";
import { type AppointmentBody, clientOf } from "../integration/client.ts";
import { operatorOf } from "../integration/operator.ts";
import { eventually, type TestSystem } from "../integration/system.ts";
import { bookingOf, eventOf } from "../kit/event.ts";

/* A person who is everywhere that a person can be, and the messages about them that come too late. */

let slot = 40_000_000;

/** People in both countries, with every status, under Idempotency-Keys, undecided, and in dead-letter queues. */
export async function peopleEverywhere(system: TestSystem, insured: string[]) {
  const api = clientOf(system);
  const operator = operatorOf(system);
  const book = (insuredId: string, countryISO: "PE" | "CL", scheduleId = ++slot) =>
    api.book({ insuredId, scheduleId, countryISO }, { "idempotency-key": randomUUID() });
  const heard = await Promise.all(
    insured.map(async (insuredId) => {
      const booked = await Promise.all([book(insuredId, "PE"), book(insuredId, "CL")]);
      const completed = await Promise.all(booked.map((each) => api.decided(each)));
      const rejected = await api.decided(await book(insuredId, "PE", completed[0]?.scheduleId));
      return { insuredId, completed, rejected };
    }),
  );
  const poison = insured.map((insuredId) => `{ not json ${insuredId}`);
  await operator.send("SQS_PE", poison);
  await operator.send("SQS_CONFIRMATION", poison);
  await eventually("all are dead letters", () => {
    const dead = ["SQS_PE_DLQ", "SQS_CONFIRMATION_DLQ"].map((queue) => JSON.stringify(operator.inspect(queue)));
    return dead.every((text) => insured.every((id) => text.includes(id))) ? true : undefined;
  });
  operator.close();
  // Last, and while nobody else books: what is published meanwhile comes a minute later.
  system.gateway.faults.add([{ function: "appointment", service: "sns", fault: "fail-before", times: 1_000 }]);
  const undecided = await Promise.all(insured.map((insuredId) => book(insuredId, "PE"))).finally(() =>
    system.gateway.faults.clear(),
  );
  return heard.flatMap((each, index) => (undecided[index] ? [{ ...each, undecided: undecided[index] }] : []));
}

export type Person = Awaited<ReturnType<typeof peopleEverywhere>>[number];

/** Sends again what may still come about a person: each request, each outcome, from a queue, a redrive or the archive. */
export async function sendLate(system: TestSystem, { completed, rejected, undecided }: Person): Promise<void> {
  const operator = operatorOf(system);
  const all = [...completed, rejected, undecided];
  const late = (countryISO: string) =>
    all
      .filter((each) => each.countryISO === countryISO)
      .flatMap((each) => [
        eventOf("requested", bookingOf(each)),
        eventOf("cancel_requested", { ...bookingOf(each), version: 9, change: cancelOf() }, { id: "cancel.1" }),
      ])
      .map((event) => JSON.stringify(event));
  await operator.send("SQS_PE", late("PE"));
  await operator.send("SQS_CL", late("CL"));
  for (const each of completed) await operator.put(outcomeOf(each));
  operator.close();
}

const cancelOf = () => ({ number: 1, kind: "cancel", status: "pending" });

const outcomeOf = (of: AppointmentBody) =>
  eventOf("completed", of, { source: of.countryISO.toLowerCase(), time: of.updatedAt });
