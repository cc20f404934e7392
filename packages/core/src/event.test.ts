import * as v from "valibot";
import { expect, test } from "vitest";
import { eventSchema, parseEvent } from "./event.ts";

const known = { "order.paid.v1": eventSchema("order.paid.v1", v.strictObject({})) };

test.each([
  ["order.paid.v2", "event_version_unknown"],
  ["order.paid.v12", "event_version_unknown"],
  ["order.v2.paid", "event_type_unknown"],
  ["order.paid.v", "event_type_unknown"],
  ["order.sent.v1", "event_type_unknown"],
])("where order.paid.v1 is known, %s is an %s", (type, code) => {
  const message = expect.stringContaining("order.paid.v1 only");
  expect(() => parseEvent(known, { specversion: "1.0", type })).toThrow(expect.objectContaining({ code, message }));
});
