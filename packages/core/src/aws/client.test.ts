import { expect, test } from "vitest";
import { awsTrouble, isPassing } from "./client.ts";

const named = (name: string, parts = {}) => Object.assign(new Error("as AWS says it"), { name, ...parts });

test.each([
  named("ThrottlingException"),
  named("ProvisionedThroughputExceededException"),
  named("TimeoutError"),
  named("AbortError"),
  named("InternalServerError", { $metadata: { httpStatusCode: 500 } }),
  named("Unknown", { $metadata: { httpStatusCode: 503 } }),
  named("Error", { code: "ECONNREFUSED" }),
])("$name passes, so another try is worth it", (error) => {
  expect(awsTrouble(error, "table_unavailable", "DynamoDB")).toMatchObject({ code: "table_unavailable", retry: true });
});

test.each([named("AccessDeniedException"), named("ValidationException"), named("ResourceNotFoundException")])(
  "$name is a fault of the deployment, and the message says where to look",
  (error) => {
    const trouble = awsTrouble(error, "table_unavailable", "DynamoDB");
    expect(trouble).toMatchObject({ code: "internal", cause: error });
    expect(trouble.message).toContain("permissions");
    expect(trouble.message).not.toContain("as AWS says it");
  },
);

test.each(["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EPIPE", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"])(
  "%s passes, as a name and as a code",
  (code) => {
    expect(isPassing(named(code))).toBe(true);
    expect(isPassing(named("Error", { code }))).toBe(true);
  },
);

test.each([
  [500, true],
  [499, false],
  [429, true],
  [428, false],
  [400, false],
])("status %i: worth another try: %s", (httpStatusCode, passing) => {
  expect(isPassing(named("Unknown", { $metadata: { httpStatusCode } }))).toBe(passing);
});

test("what is no error, and an error of ours, do not pass", () => {
  expect(isPassing("ThrottlingException")).toBe(false);
  expect(isPassing(named("Error", { code: 500 }))).toBe(false);
  expect(awsTrouble("odd", "table_unavailable", "DynamoDB").message).toContain("DynamoDB refused with string");
});
