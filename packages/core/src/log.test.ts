import { readFileSync } from "node:fs";
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

test("a code is kept when it is a text, as Node's, MySQL's and our own are", () => {
  log.error("x", { error: Object.assign(new Error("x"), { code: "ECONNRESET" }) });
  log.error("x", { error: Object.assign(new Error("x"), { code: 1_000_042 }) });
  expect(written.map((each) => JSON.parse(String(each)).error.code)).toEqual(["ECONNRESET", undefined]);
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

test.each([
  new TypeError("x is undefined"),
  new ReferenceError("x is not defined"),
  catching(() => readFileSync("/no/such/file")),
  Object.assign(new Error("No table of arn:aws:x"), { name: "ResourceNotFoundException" }),
  Object.assign(new Error("No right on arn:aws:x"), { name: "AccessDeniedException" }),
])("%s holds no data of a request, and keeps its message", (error) => {
  log.error("x", { error });
  expect(line().error.message).toBe(error instanceof Error && error.message);
});

test("of a stack only the frames are written: the lines before them are the message", () => {
  log.error("x", { error: new Error("What is not there:\nan appointment at 00042") });
  expect(line().error.stack.length).toBeGreaterThan(0);
  expect(written.join()).not.toContain("00042");
});

test("an error that came from nowhere has no stack, and a circle of causes ends", () => {
  const error = Object.assign(new TypeError("x"), { stack: "TypeError: x" });
  error.cause = error;
  log.error("x", { error });
  const described = { name: "TypeError", message: "x" };
  const causes = { ...described, cause: { ...described, cause: { ...described, cause: described } } };
  expect(line().error).toEqual(causes);
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
