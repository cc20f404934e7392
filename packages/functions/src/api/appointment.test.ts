import { parse } from "@appointments/core/parse";
import { expect, test } from "vitest";
import { requestBody, transitionAnswer } from "./appointment.ts";

const good = { insuredId: "00042", scheduleId: 100, countryISO: "PE" };

const fieldsAtFault = (input: unknown): string[] => {
  const result = parse(requestBody, input);
  return result.ok ? [] : result.faults.map(({ pointer }) => pointer);
};

test.each([
  [{ insuredId: 42 }, "must be a string of exactly five digits"],
  [{ insuredId: "42" }, "must be a string of exactly five digits"],
  [{ scheduleId: "100" }, "must be a positive integer"],
  [{ scheduleId: 0 }, "must be a positive integer"],
  [{ scheduleId: 2 ** 53 }, "must be a positive integer of at most 9007199254740991"],
  [{ countryISO: "AR" }, "must be one of PE, CL"],
])("%j: the detail says what is asked for", (parts, detail) => {
  const result = parse(requestBody, { ...good, ...parts });
  expect(result).toMatchObject({ ok: false, faults: [{ detail, code: "invalid" }] });
});

test("leading zeros of an insuredId are kept", () => {
  expect(parse(requestBody, good)).toEqual({ ok: true, value: good });
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

test.each([
  "requested",
  "completed",
  "rejected",
  "cancel_requested",
  "cancelled",
  "reschedule_requested",
  "rescheduled",
  "reschedule_rejected",
] as const)("the cause %s has its published word in a history", (cause) => {
  const at = "2026-11-24T03:00:00.000Z";
  const answer = transitionAnswer({ at, cause, eventId: "x", status: "completed", scheduleId: 7 });
  expect(answer).toMatchObject({ cause, status: "completed", scheduleId: 7 });
});
