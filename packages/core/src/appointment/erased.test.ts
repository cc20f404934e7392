import { startTable } from "@appointments/tests/kit/emulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countries } from "../country/country.ts";
import { newId } from "../id.ts";
import { saveChange } from "./alter.ts";
import type { Outcome } from "./appointment.ts";
import { expiryOf, markErased, wasErased } from "./erased.ts";
import { keyOf } from "./item.ts";
import { scanAppointments } from "./read.ts";
import { saveRequest } from "./request.ts";
import { settle } from "./settle.ts";
import { deleteItem, getItem, type Table } from "./table.ts";

let emulator: Awaited<ReturnType<typeof startTable>>;
let table: Table;
beforeAll(async () => {
  emulator = await startTable();
  table = emulator.table;
});
afterAll(() => emulator?.stop());

const patient = { kind: "patient", id: "somebody", insuredId: "00042" } as const;
const wanted = { insuredId: "00042", scheduleId: 7, countryISO: "PE" } as const;
const dayMs = 24 * 60 * 60 * 1000;
/** An appointment whose person was erased. */
async function erased(idempotencyKey?: string) {
  // Long ago, so that its first request is no longer taken to be at work.
  const clock = () => Date.now() - 60_000;
  const appointment = await saveRequest(table, patient, wanted, { idempotencyKey, clock });
  await markErased(table, appointment.appointmentId, Date.now);
  await deleteItem(table, keyOf(appointment));
  return appointment;
}

test("an outcome for somebody who was erased is done, and makes no item; for nobody it is a fault", async () => {
  const { appointmentId, createdAt } = await erased();
  const outcome: Outcome = {
    ...wanted,
    appointmentId,
    createdAt,
    status: "completed",
    version: 2,
    updatedAt: createdAt,
  };
  expect(await settle(table, outcome)).toBe(false);
  expect(await getItem(table, keyOf(outcome))).toBeUndefined();
  const unknown = { ...outcome, appointmentId: newId() };
  await expect(settle(table, unknown)).rejects.toMatchObject({ code: "appointment_unknown" });
});

test("a change of it is of no appointment, and a repeat under its key does not bring it back", async () => {
  const key = newId();
  const gone = await erased(key);
  await expect(saveChange(table, patient, gone, { kind: "cancel" })).rejects.toMatchObject({
    code: "appointment_not_found",
  });
  await expect(saveRequest(table, patient, wanted, { idempotencyKey: key })).rejects.toMatchObject({
    code: "table_unavailable",
  });
  expect(await getItem(table, keyOf(gone))).toBeUndefined();
});

test("a mark holds nothing of the person, and a scan of the appointments passes over it", async () => {
  const { appointmentId } = await erased();
  expect(await wasErased(table, appointmentId)).toBe(true);
  expect(await wasErased(table, newId())).toBe(false);
  const mark = await getItem(table, { pk: `erased#${appointmentId}`, sk: "erased" });
  expect(mark).toEqual({ pk: `erased#${appointmentId}`, sk: "erased", expiresAt: expect.any(Number) });
  for await (const page of scanAppointments(table)) expect(page.unreadable).toBe(0);
});

test("of two marks the later end stays", async () => {
  const id = newId();
  const at = Date.parse("2026-11-24T00:00:00.000Z");
  await markErased(table, id, () => at + dayMs);
  await markErased(table, id, () => at);
  expect(await getItem(table, { pk: `erased#${id}`, sk: "erased" })).toMatchObject({
    expiresAt: (at + dayMs + 126 * dayMs) / 1000,
  });
});

test("an appointment goes so long after its last change as its country keeps it", async () => {
  const at = Date.parse("2026-11-24T00:00:00.000Z");
  const daysKept = async (key: { pk: string; sk: string }, since: number) =>
    ((await getItem(table, key)) as { expiresAt: number }).expiresAt * 1000 - since;
  const booked = await saveRequest(table, patient, wanted, { clock: () => at });
  expect(await daysKept(keyOf(booked), at)).toBe(countries.PE.retention.days * dayMs);
  const updatedAt = "2026-12-24T00:00:00.000Z";
  const { appointmentId, createdAt } = booked;
  await settle(table, { ...wanted, appointmentId, createdAt, status: "completed", version: 2, updatedAt });
  expect(await daysKept(keyOf(booked), Date.parse(updatedAt))).toBe(countries.PE.retention.days * dayMs);
  const later = Date.parse("2027-01-24T00:00:00.000Z");
  await saveChange(table, patient, booked, { kind: "cancel" }, { clock: () => later });
  expect(await daysKept(keyOf(booked), later)).toBe(countries.PE.retention.days * dayMs);
  expect(expiryOf("CL", updatedAt)).toBe((Date.parse(updatedAt) + countries.CL.retention.days * dayMs) / 1000);
});
