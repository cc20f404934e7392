import { expect, test } from "vitest";
import { awsTrouble } from "./client.ts";

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
