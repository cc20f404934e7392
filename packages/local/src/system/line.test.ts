import { expect, test } from "vitest";
import { formatEntry, namesId } from "./line.ts";

const id = "01a20bae-ed3d-759d-8035-0cf391eea023";
const time = "2026-11-24T03:52:23.102Z";
const plain = (fields: Record<string, unknown>) =>
  formatEntry({ time, level: "info", source: "consumer", message: "order.packed", ...fields });

test("a line shows short ids; a trace by its own id, without the span", () => {
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const line = plain({ orderId: id, traceparent, count: 2 });
  expect(line).toBe("03:52:23.102 consumer      order.packed orderId=…91eea023 trace=4bf92f35 count=2");
});

test("an error is a word and its place in the sources, in one line", () => {
  const stack = ["at push (node:internal/x:1:2)", "at pack (src/pack.ts:12:3)", "at run (src/run.ts:4:5)"];
  const cause = { name: "ConnectionError", stack: [] };
  const error = { name: "AppError", code: "store_unavailable", message: "no\nanswer", stack, cause };
  expect(plain({ error })).toMatch(
    /error=AppError\(store_unavailable\) no ⏎ answer at src\/pack\.ts:12:3 ← ConnectionError$/,
  );
});

test.each([
  [id, true],
  ["91eea023", true],
  ["…91eea023", true],
  ["eea023", false],
  ["01a20bae", false],
])("%s names the id: %s", (given, named) => {
  expect(namesId(given, id)).toBe(named);
});
