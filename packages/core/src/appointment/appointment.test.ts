import { expect, test } from "vitest";
import { newId } from "../id.ts";
import { parse } from "../parse.ts";
import { type AppointmentStatus, appointment, appointmentRequest, book, reachedFrom } from "./appointment.ts";

const good = { insuredId: "00042", scheduleId: 100, countryISO: "PE" };

const fieldsAtFault = (input: unknown): string[] => {
  const result = parse(appointmentRequest, input);
  return result.ok ? [] : result.faults.map(({ pointer }) => pointer);
};

test("leading zeros of an insuredId are kept", () => {
  expect(parse(appointmentRequest, good)).toEqual({ ok: true, value: good });
});

test.each(["123", "123456", "0004a", " 0042", "00042\n", "٠٠٠٤٢", "", 42, 12345, null, ["00042"], {}])(
  "insuredId %j is not padded, not cut, not guessed: it is refused",
  (insuredId) => {
    expect(fieldsAtFault({ ...good, insuredId })).toEqual(["#/insuredId"]);
  },
);

test.each([0, -0, -1, 1.5, 2 ** 53, 1e300, Number.NaN, Number.POSITIVE_INFINITY, "100", true, null, [1]])(
  "scheduleId %j is refused",
  (scheduleId) => {
    expect(fieldsAtFault({ ...good, scheduleId })).toEqual(["#/scheduleId"]);
  },
);

test("the largest safe integer is a scheduleId", () => {
  expect(fieldsAtFault({ ...good, scheduleId: Number.MAX_SAFE_INTEGER })).toEqual([]);
});

test.each(["PE ", "pe", "PER", "XX", "", "__proto__", "toString", 1, null])(
  "countryISO %j is refused",
  (countryISO) => {
    expect(fieldsAtFault({ ...good, countryISO })).toEqual(["#/countryISO"]);
  },
);

test("each field at fault is named, not only the first", () => {
  expect(fieldsAtFault({ insuredId: "1", scheduleId: -1, countryISO: "XX", note: "" })).toEqual([
    "#/insuredId",
    "#/scheduleId",
    "#/countryISO",
    "#/note",
  ]);
  expect(fieldsAtFault({})).toEqual(["#/insuredId", "#/scheduleId", "#/countryISO"]);
  expect(fieldsAtFault([])).toEqual(["#"]);
});

test("a client cannot choose a status", () => {
  expect(fieldsAtFault({ ...good, status: "completed" })).toEqual(["#/status"]);
});

test("a new appointment is pending and valid", () => {
  const made = book({ ...good, countryISO: "PE" }, newId(), "2026-11-24T03:00:00.000Z");
  expect(parse(appointment, made)).toEqual({ ok: true, value: made });
  expect(made).toMatchObject({ status: "pending", version: 1, updatedAt: made.createdAt });
});

test("no status can be reached from one that it leads to: there is no way back", () => {
  const before = (status: AppointmentStatus, seen: string[] = []): string[] =>
    reachedFrom[status].flatMap((from) => (seen.includes(from) ? [from] : [from, ...before(from, [...seen, from])]));
  for (const status of Object.keys(reachedFrom) as AppointmentStatus[]) {
    expect(before(status)).not.toContain(status);
  }
  expect(reachedFrom.pending).toEqual([]);
});
