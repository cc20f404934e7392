import { expectTypeOf, test } from "vitest";
import {
  type Appointment,
  AppointmentsError,
  type Client,
  type Country,
  createClient,
  type ErrorCode,
  type FieldError,
  isAppointmentsError,
} from "./index.ts";

/* What must not compile is told to tsc, which reads this file in `npm run check:types`; nothing here is sent. */

const api: Client = createClient({ baseUrl: "http://api.invalid", token: "t" });
const key = { insuredId: "00042", appointmentId: "01a20bae-ed3d-759d-8035-0cf391eea023" };

/** Compiled and never called. */
const compiled = (_: () => unknown): void => {};

test("what a booking needs is known to the compiler", () => {
  compiled(() => api.book({ insuredId: "00042", scheduleId: 1, countryISO: "PE" }));
  // @ts-expect-error no such country
  compiled(() => api.book({ insuredId: "00042", scheduleId: 1, countryISO: "AR" }));
  // @ts-expect-error no scheduleId
  compiled(() => api.book({ insuredId: "00042", countryISO: "PE" }));
  // @ts-expect-error an insuredId has leading zeros: it is text
  compiled(() => api.book({ insuredId: 42, scheduleId: 1, countryISO: "PE" }));
  // @ts-expect-error the API refuses what it does not know
  compiled(() => api.book({ insuredId: "00042", scheduleId: 1, countryISO: "PE", note: "x" }));
  expectTypeOf<Country>().toEqualTypeOf<"PE" | "CL">();
  expectTypeOf(api.book).returns.resolves.toEqualTypeOf<Appointment>();
});

test("what a change needs is known to the compiler", () => {
  compiled(() => api.cancel(key, { reason: "patient_request", ifMatch: '"1"' }));
  // @ts-expect-error the country's reason, not a client's
  compiled(() => api.cancel(key, { reason: "schedule_taken" }));
  // @ts-expect-error which appointment?
  compiled(() => api.cancel({ insuredId: "00042" }));
  // @ts-expect-error to which slot?
  compiled(() => api.reschedule(key, {}));
  // @ts-expect-error an appointment has one country for ever
  compiled(() => api.reschedule(key, { scheduleId: 1, countryISO: "CL" }));
});

test("what a list can be asked for is known to the compiler", () => {
  compiled(() => api.list("00042", { status: "pending", countryISO: "CL", from: "2026-01-01T00:00:00Z", pageSize: 5 }));
  // @ts-expect-error no such status
  compiled(() => api.list("00042", { status: "done" }));
  // @ts-expect-error no such filter
  compiled(() => api.list("00042", { scheduleId: 1 }));
  expectTypeOf(api.list).returns.toExtend<AsyncIterable<Appointment>>();
});

test("a client needs to know where and with which token", () => {
  // @ts-expect-error no token
  compiled(() => createClient({ baseUrl: "http://api.invalid" }));
  // @ts-expect-error no such language
  compiled(() => createClient({ baseUrl: "http://api.invalid", token: "t", language: "pt" }));
  compiled(() => createClient({ baseUrl: new URL("http://api.invalid"), token: async () => "t" }));
});

test("an error is narrowed by its code", () => {
  const error: unknown = new AppointmentsError("network", "gone", { status: undefined });
  if (!isAppointmentsError(error)) throw new TypeError("It is one");
  expectTypeOf(error.code).toEqualTypeOf<ErrorCode>();
  expectTypeOf(error.errors).toEqualTypeOf<readonly FieldError[]>();
  switch (error.code) {
    case "network":
      expectTypeOf(error.status).toEqualTypeOf<undefined>();
      break;
    case "version_stale":
      expectTypeOf(error.status).toEqualTypeOf<number>();
      break;
    // @ts-expect-error no such code
    case "version_old":
      break;
  }
});
