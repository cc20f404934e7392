import { expect, test } from "vitest";
import { isAbout } from "./letters.ts";

const data = { insuredId: "00042", scheduleId: 7 };

test.each([
  ["a request", JSON.stringify({ type: "appointment.requested.v1", data })],
  ["an outcome in its envelope", JSON.stringify({ source: "x", detail: { data } })],
  ["JSON in JSON", JSON.stringify({ Message: JSON.stringify({ data }) })],
  ["a member of a list", JSON.stringify([["00042"]])],
  ["a member's name", JSON.stringify({ "00042": true })],
  ["what is no JSON", "{ not json 00042"],
  ["what is no JSON, in a path", "GET /appointments/00042 HTTP/1.1"],
])("%s is about the insured", (_, body) => {
  expect(isAbout(body, "00042")).toBe(true);
});

test.each([
  ["another's request", JSON.stringify({ data: { ...data, insuredId: "00043" } })],
  ["an id that holds the digits", JSON.stringify({ data: { appointmentId: "01a20bae-ed3d-759d-8035-0cf391e00042" } })],
  ["a slot of that number", JSON.stringify({ data: { scheduleId: 42 } })],
  ["what is no JSON, with a longer number", "{ not json 1000427"],
  ["nothing", ""],
])("%s is not", (_, body) => {
  expect(isAbout(body, "00042")).toBe(false);
});
