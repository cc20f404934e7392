import { DrizzleQueryError } from "drizzle-orm/errors";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AppError } from "./error.ts";
import { log } from "./log.ts";

let written: unknown[];

beforeEach(() => {
  written = [];
  for (const level of ["debug", "info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((entry: unknown) => void written.push(entry));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const line = () => JSON.parse(String(written[0]));

test("an event is one line of JSON", () => {
  log.info("appointment.requested", { appointmentId: "a", countryISO: "PE" });
  expect(line()).toEqual({ level: "info", event: "appointment.requested", appointmentId: "a", countryISO: "PE" });
});

test("under Lambda's JSON log format it is an object, so that its fields become the log's", () => {
  vi.stubEnv("AWS_LAMBDA_LOG_FORMAT", "JSON");
  log.warn("appointment.stuck", { attempt: 5 });
  expect(written).toEqual([{ event: "appointment.stuck", attempt: 5 }]);
});

test("our own error keeps its message, its code and where it came from", () => {
  log.error("x", { error: new AppError("table_unavailable", "Try later", { cause: new TypeError("x is undefined") }) });
  expect(line().error).toMatchObject({
    name: "AppError",
    code: "table_unavailable",
    message: "Try later",
    stack: [expect.stringMatching(/^at .*log\.test\.ts/), ...Array(9).fill(expect.any(String))].slice(
      0,
      line().error.stack.length,
    ),
    cause: { name: "TypeError", message: "x is undefined" },
  });
});

test.each([
  ["MySQL's", Object.assign(new Error("Duplicate entry '00042' for key"), { code: "ER_DUP_ENTRY", sqlState: "23000" })],
  ["Drizzle's", new DrizzleQueryError("insert into appointment", ["00042"], new Error("x 00042"))],
  ["JSON.parse's", catching(() => JSON.parse('{"insuredId": 00042}'))],
  ["a URL's", catching(() => new URL("00042"))],
  ["a thrown text", "00042"],
])("%s message may hold personal data, and is not written", (_whose, error) => {
  log.error("x", { error });
  expect(written.join()).not.toContain("00042");
  expect(line().error.name).toBeTruthy();
});

test("the code that MySQL gave is kept", () => {
  log.error("x", { error: Object.assign(new Error("Duplicate entry '00042'"), { code: "ER_DUP_ENTRY" }) });
  expect(line().error.code).toBe("ER_DUP_ENTRY");
});

test("what has no name in the list of fields cannot be logged", () => {
  // @ts-expect-error insuredId is personal data
  log.info("x", { insuredId: "00042" });
  // @ts-expect-error so is a body
  log.info("x", { body: "{}" });
});

function catching(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
