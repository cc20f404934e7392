import { captureLog } from "@appointments/tests/kit/capture";
import { afterEach, expect, test, vi } from "vitest";
import { AppError } from "../error.ts";
import { newId } from "../id.ts";
import { type Appointment, book } from "./appointment.ts";
import { publishSaved } from "./topic.ts";

afterEach(() => vi.restoreAllMocks());

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const appointment = () =>
  book({ insuredId: "00042", scheduleId: 7, countryISO: "CL" }, newId(), "2026-11-24T03:00:00.000Z");
const published: Appointment[] = [];
const topic = { publish: async (it: Appointment) => void published.push(it) };
const away = {
  publish: async () => {
    throw new AppError("topic_unavailable", "Try later");
  },
};

test("the log says what was published, where to and in which trace", async () => {
  const logged = captureLog();
  const booked = appointment();
  await publishSaved(topic, booked, traceparent);
  expect(published).toEqual([booked]);
  const { appointmentId } = booked;
  expect(JSON.parse(logged())).toEqual({
    level: "info",
    event: "appointment.requested",
    appointmentId,
    countryISO: "CL",
    traceparent,
  });
});

test("what cannot be published stays for the reconciler, and the log says why", async () => {
  const logged = captureLog();
  const booked = appointment();
  await publishSaved(away, booked, traceparent);
  expect(JSON.parse(logged())).toMatchObject({
    level: "warn",
    event: "appointment.publish_failed",
    appointmentId: booked.appointmentId,
    countryISO: "CL",
    traceparent,
    error: { code: "topic_unavailable" },
  });
});
