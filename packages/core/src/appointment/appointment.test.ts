import { expect, test } from "vitest";
import { newId } from "../id.ts";
import {
  type Appointment,
  type AppointmentStatus,
  book,
  type Change,
  changeableIn,
  isOpen,
  isRepeat,
  maxChanges,
  reachedFrom,
  statuses,
  type Wanted,
  withChange,
} from "./appointment.ts";
import { fromItem, toPendingItem } from "./item.ts";

test("a new appointment is pending and valid", () => {
  const wanted = { insuredId: "00042", scheduleId: 100, countryISO: "PE" } as const;
  const made = book(wanted, newId(), "2026-11-24T03:00:00.000Z");
  expect(made).toMatchObject({ ...wanted, status: "pending", version: 1, updatedAt: made.createdAt });
  expect(fromItem(toPendingItem(made, { kind: "operator" })).appointment).toEqual(made);
});

test("no status can be reached from one that it leads to: there is no way back", () => {
  const before = (status: AppointmentStatus, seen: string[] = []): string[] =>
    reachedFrom[status].flatMap((from) => (seen.includes(from) ? [from] : [from, ...before(from, [...seen, from])]));
  for (const status of Object.keys(reachedFrom) as AppointmentStatus[]) {
    expect(before(status)).not.toContain(status);
  }
  expect(reachedFrom.pending).toEqual([]);
});

const now = "2026-11-24T03:00:00.000Z";
const later = "2026-11-24T04:00:00.000Z";
const appointment = (parts: Partial<Appointment> = {}): Appointment => ({
  appointmentId: newId(),
  insuredId: "00042",
  scheduleId: 7,
  countryISO: "PE",
  status: "completed",
  version: 2,
  createdAt: now,
  updatedAt: now,
  ...parts,
});
const cancel: Wanted = { kind: "cancel", reason: "patient_request" };
const move: Wanted = { kind: "reschedule", scheduleId: 8 };
const moving: Change = { number: 1, kind: "reschedule", status: "pending", scheduleId: 8 };
const leaving: Change = { number: 1, kind: "cancel", status: "pending" };

const attempt = (from: Appointment, wanted: Wanted): string => {
  try {
    withChange(from, wanted, later);
    return "accepted";
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
};

test.each(statuses.flatMap((status) => [cancel, move].map((wanted) => [wanted.kind, status, wanted] as const)))(
  "%s of what is %s: as the state machine says",
  (kind, status, wanted) => {
    const allowed: readonly string[] = changeableIn[kind];
    expect(attempt(appointment({ status }), wanted)).toBe(
      allowed.includes(status) ? "accepted" : `appointment_${status}`,
    );
  },
);

test("while a change is under way no other is taken", () => {
  expect(attempt(appointment({ change: moving }), cancel)).toBe("change_in_progress");
  expect(attempt(appointment({ change: leaving }), move)).toBe("change_in_progress");
  expect(attempt(appointment({ change: { ...moving, status: "rejected" } }), move)).toBe("accepted");
});

test("the appointment stays what it is until the country answers; changes and version count up", () => {
  const before = appointment({ version: 4, change: { ...moving, status: "completed" } });
  expect(withChange(before, cancel, later)).toEqual({
    ...before,
    change: { number: 2, kind: "cancel", status: "pending", reason: "patient_request" },
    version: 5,
    updatedAt: later,
  });
});

test("after twenty changes it can only be cancelled", () => {
  const worn = appointment({ change: { ...moving, number: maxChanges, status: "completed" } });
  expect(attempt(worn, move)).toBe("changes_exhausted");
  expect(attempt(worn, cancel)).toBe("accepted");
});

test.each<[string, Appointment, Wanted, boolean]>([
  ["a cancel of what is cancelled", appointment({ status: "cancelled" }), cancel, true],
  ["a cancel while one is under way", appointment({ change: leaving }), cancel, true],
  ["a cancel while it is moved", appointment({ change: moving }), cancel, false],
  ["a move to where it is", appointment({ scheduleId: 8 }), move, true],
  ["a move to where it is being moved", appointment({ change: moving }), move, true],
  [
    "a move to the old slot while it is being moved",
    appointment({ scheduleId: 8, change: { ...moving, scheduleId: 9 } }),
    move,
    false,
  ],
  ["a move to the slot of a rejected one", appointment({ status: "rejected", scheduleId: 8 }), move, false],
  ["a move that was refused before", appointment({ change: { ...moving, status: "rejected" } }), move, false],
])("%s: is it a repeat?", (_what, from, wanted, repeat) => {
  expect(isRepeat(from, wanted)).toBe(repeat);
});

test("what waits for its country is open", () => {
  expect(isOpen({ status: "pending" })).toBe(true);
  expect(isOpen(appointment({ change: moving }))).toBe(true);
  expect(isOpen(appointment({ change: { ...moving, status: "rejected" } }))).toBe(false);
});
