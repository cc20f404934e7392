import { type Appointment, book } from "@appointments/core/appointment/appointment";
import type { Row } from "@appointments/core/country/row";
import { newId } from "@appointments/core/id";
import { expect, test } from "vitest";
import { compare } from "./compare.ts";

const createdAt = "2026-11-24T03:00:00.000Z";
const pending = book({ insuredId: "00042", scheduleId: 7, countryISO: "PE" }, newId(), createdAt);
const completed: Appointment = { ...pending, status: "completed", version: 2 };
const cancelling: Appointment = { ...completed, change: { number: 1, kind: "cancel", status: "pending" }, version: 3 };
const row: Row = {
  id: pending.appointmentId,
  insuredId: "00042",
  scheduleId: 7,
  status: "completed",
  reason: null,
  version: 2,
  changes: 0,
  refusedScheduleId: null,
  heldBy: null,
  createdAt: new Date(createdAt),
  updatedAt: new Date(createdAt),
  liveScheduleId: 7,
};

test.each<[string, Appointment | undefined, Row | undefined]>([
  ["both completed", completed, row],
  ["both rejected", { ...pending, status: "rejected", reason: "schedule_taken" }, { ...row, status: "rejected" }],
  ["neither is there", undefined, undefined],
  ["its person was erased, and the row keeps the slot", undefined, { ...row, insuredId: "-----" }],
  ["versions apart", { ...completed, version: 9 }, row],
])("they agree: %s", (_, item, itsRow) => {
  expect(compare(item, itsRow)).toBeUndefined();
});

test.each<[string, Appointment | undefined, Row | undefined, string, string | undefined]>([
  ["the erasure was broken off", completed, { ...row, insuredId: "-----" }, "erasure unfinished", undefined],
  ["pending, no row", pending, undefined, "undecided", "request again"],
  [
    "pending and to be cancelled, no row",
    { ...cancelling, status: "pending" },
    undefined,
    "undecided",
    "request again",
  ],
  ["a cancel that the row has not seen", cancelling, row, "undecided", "request again"],
  ["pending, the row has decided", pending, row, "status differs", "publish again"],
  [
    "a cancel that the row has done",
    cancelling,
    { ...row, status: "cancelled", changes: 1 },
    "status differs",
    "publish again",
  ],
  [
    "a cancel of what was rejected",
    { ...cancelling, status: "pending" },
    { ...row, status: "rejected" },
    "status differs",
    "publish again",
  ],
  ["completed, no row", completed, undefined, "row missing", undefined],
  ["a cancel of what has no row", cancelling, undefined, "row missing", undefined],
  ["a row, no item", undefined, row, "item missing", undefined],
  ["completed, the row cancelled", completed, { ...row, status: "cancelled", changes: 1 }, "status differs", undefined],
  ["the row is further than was asked", cancelling, { ...row, changes: 2 }, "status differs", undefined],
  ["another slot", completed, { ...row, scheduleId: 8 }, "slot differs", undefined],
  ["another insured", completed, { ...row, insuredId: "00043" }, "booking differs", undefined],
])("%s", (_, item, itsRow, kind, remedy) => {
  const difference = compare(item, itsRow);
  expect(difference?.kind).toBe(kind);
  expect(difference?.remedy).toBe(remedy);
  expect(difference?.detail).not.toContain("0004");
});
