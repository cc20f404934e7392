import { describe, expect, it } from "vitest";
import { batchOutcome } from "./event.ts";

const ids = ["a", "b", "c"];
const answered = (payload: unknown) => ({ ok: true, payload, requestId: "r", durationMs: 1 }) as const;

describe("a batch with ReportBatchItemFailures", () => {
  it.each([
    ["null", null],
    ["nothing", undefined],
    ["an empty string", ""],
    ["an empty object", {}],
    ["an object without the list", { ok: true }],
    ["a null list", { batchItemFailures: null }],
    ["an empty list", { batchItemFailures: [] }],
  ])("is done with when the answer is %s", (_, payload) => {
    expect(batchOutcome(ids, answered(payload), true)).toEqual({ done: ids });
  });

  it("is done with but for those named", () => {
    const outcome = batchOutcome(ids, answered({ batchItemFailures: [{ itemIdentifier: "b" }] }), true);
    expect(outcome).toEqual({ done: ["a", "c"], reason: "1 of 3 reported as failed" });
  });

  it("is not done with at all when all are named", () => {
    const all = ids.map((itemIdentifier) => ({ itemIdentifier }));
    expect(batchOutcome(ids, answered({ batchItemFailures: all }), true).done).toEqual([]);
  });

  it.each([
    ["an unknown identifier", { batchItemFailures: [{ itemIdentifier: "a" }, { itemIdentifier: "z" }] }],
    ["an empty identifier", { batchItemFailures: [{ itemIdentifier: "" }] }],
    ["a null identifier", { batchItemFailures: [{ itemIdentifier: null }] }],
    ["an item with another key", { batchItemFailures: [{ foo: "a" }] }],
    ["an item that is no object", { batchItemFailures: ["a"] }],
    ["a number for an identifier", { batchItemFailures: [{ itemIdentifier: 1 }] }],
    ["no list", { batchItemFailures: "a" }],
    ["a string", "done"],
    ["a list", []],
    ["a number", 1],
  ])("fails as a whole when the answer holds %s", (_, payload) => {
    const outcome = batchOutcome(ids, answered(payload), true);
    expect(outcome.done).toEqual([]);
    expect(outcome.reason).toBeTypeOf("string");
  });
});

describe("any batch", () => {
  it("fails as a whole when the function throws", () => {
    const thrown = {
      ok: false,
      kind: "Unhandled",
      errorType: "Error",
      errorMessage: "no",
      requestId: "r",
      durationMs: 1,
    } as const;
    expect(batchOutcome(ids, thrown, true)).toEqual({ done: [], reason: "Unhandled: Error: no" });
    expect(batchOutcome(ids, thrown, false).done).toEqual([]);
  });

  it("is done with, whatever it answers, without ReportBatchItemFailures", () => {
    expect(batchOutcome(ids, answered({ batchItemFailures: [{ itemIdentifier: "a" }] }), false)).toEqual({ done: ids });
  });
});
