import { expect, test } from "vitest";
import { newId } from "../id.ts";
import { fromItem, toStoredChange, toStoredEntry } from "./item.ts";

const appointmentId = newId();
const at = "2026-11-24T03:00:00.000Z";
const booking = { appointmentId, insuredId: "00042", scheduleId: 7, countryISO: "PE", createdAt: at };
const placed = { pk: "00042", sk: appointmentId };
/** As every release writes it: these words are in the table. */
const entry = { at, eventId: "x", scheduleId: 7 };

/* Stored words are literals here, the domain's on the other side: what is in the table must stay readable. */

test.each(["pending", "completed", "rejected", "cancelled"])("an item that is stored as %s can be read", (status) => {
  const item = { ...placed, ...booking, status, version: 3, updatedAt: at };
  expect(fromItem(item)).toMatchObject({ appointment: { ...booking, version: 3, updatedAt: at }, history: [] });
});

test.each([
  "requested",
  "completed",
  "rejected",
  "cancel_requested",
  "cancelled",
  "reschedule_requested",
  "rescheduled",
  "reschedule_rejected",
])("a line of the history that is stored as %s is read, and written back the same", (cause) => {
  const stored = { ...entry, cause, status: "rejected", reason: "schedule_taken", key: "hash" };
  const [read] = fromItem({
    ...placed,
    ...booking,
    status: "pending",
    version: 1,
    updatedAt: at,
    history: [stored],
  }).history;
  expect(read && toStoredEntry(read)).toEqual(stored);
});

test.each([{ kind: "patient" }, { kind: "partner", clientId: "a-client" }, { kind: "operator" }])(
  "who asked, stored as %j, is read, and written back the same",
  (by) => {
    const line = { ...entry, cause: "requested", status: "pending", by };
    const item = { ...placed, ...booking, status: "pending", version: 1, updatedAt: at, history: [line] };
    const [read] = fromItem(item).history;
    expect(read && toStoredEntry(read)).toEqual(line);
  },
);

test.each([
  { number: 1, kind: "cancel", status: "pending", reason: "patient_request" },
  { number: 2, kind: "cancel", status: "completed" },
  { number: 3, kind: "reschedule", status: "rejected", scheduleId: 9, reason: "schedule_taken" },
])("a change that is stored as %j is read, and written back the same", (change) => {
  const item = { ...placed, ...booking, status: "completed", version: 3, updatedAt: at, change };
  const read = fromItem(item).appointment.change;
  expect(read && toStoredChange(read)).toEqual(change);
});

test.each([
  { status: "declined" },
  { status: "toString" },
  { change: { number: 1, kind: "cancel", status: "asleep" } },
  { history: [{ ...entry, cause: "boredom", status: "pending" }] },
  { history: [{ ...entry, cause: "requested", status: "pending", by: { kind: "nobody" } }] },
])("an item with a word that was never stored is refused: %j", (parts) => {
  const item = { ...placed, ...booking, status: "pending", version: 1, updatedAt: at, ...parts };
  expect(() => fromItem(item)).toThrow(expect.objectContaining({ code: "internal" }));
});
