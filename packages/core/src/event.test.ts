import * as v from "valibot";
import { expect, test } from "vitest";
import { eventSchema, parseEvent } from "./event.ts";

const types = ["order.paid.v1", "order.v3.sent.v1"];
const known = Object.fromEntries(types.map((type) => [type, eventSchema(type, v.strictObject({}))]));

test.each([
  ["order.paid.v2", "event_version_unknown"],
  ["order.paid.v12", "event_version_unknown"],
  ["order.v2.paid", "event_type_unknown"],
  ["order.paid.v", "event_type_unknown"],
  ["order.sent.v1", "event_type_unknown"],
  ["order.v3.sent.v2", "event_version_unknown"],
])("where %s is not known: %s", (type, code) => {
  expect(() => parseEvent(known, { specversion: "1.0", type })).toThrow(expect.objectContaining({ code }));
});

test.each([
  {},
  { specversion: "1.0" },
  { type: "order.paid.v1" },
  { specversion: "0.3", type: "order.paid.v1" },
  "text",
])("%j is no event at all", (input) => {
  const refusal = { code: "message_invalid", message: expect.stringMatching(/^Not a CloudEvents 1\.0 event: /) };
  expect(() => parseEvent(known, input)).toThrow(expect.objectContaining(refusal));
});
