import { operator } from "@appointments/tests/kit/caller";
import { startTable } from "@appointments/tests/kit/emulator";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "../id.ts";
import { findPending, scanAppointments } from "./read.ts";
import { saveRequest } from "./request.ts";

let started: Awaited<ReturnType<typeof startTable>>;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started?.stop());

const ask = (scheduleId: number, idempotencyKey?: string) =>
  saveRequest(started.table, operator, { insuredId: "00042", scheduleId, countryISO: "CL" }, { idempotencyKey });

test("a scan reads every appointment once, page by page, no idempotency key, and counts what cannot be read", async () => {
  const made = [await ask(1, "b0b0b0b0-40d5-43e8-bc93-6894a57f9324"), await ask(2), await ask(3), await ask(4)];
  const broken = { pk: "00042", sk: newId(), status: "asleep" };
  await started.table.client.send(new PutCommand({ TableName: started.table.name, Item: broken }));
  const pages = [];
  for await (const page of scanAppointments(started.table, 2)) pages.push(page);
  expect(pages.length).toBeGreaterThan(2);
  const ids = pages.flatMap(({ stored }) => stored.map(({ appointment }) => appointment.appointmentId));
  expect(ids.toSorted()).toEqual(made.map(({ appointmentId }) => appointmentId).toSorted());
  expect(pages.reduce((sum, { unreadable }) => sum + unreadable, 0)).toBe(1);
});

test("a pending appointment is found by its id, in its own country only", async () => {
  const pending = await ask(5);
  expect((await findPending(started.table, "CL", pending.appointmentId))?.appointment).toEqual(pending);
  expect(await findPending(started.table, "PE", pending.appointmentId)).toBeUndefined();
  expect(await findPending(started.table, "CL", newId())).toBeUndefined();
});
