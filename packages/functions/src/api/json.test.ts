import { describe, expect, test } from "vitest";
import { parseIJson } from "./json.ts";

describe("a number is read as it was written, or not at all", () => {
  test.each([
    "0",
    "-0",
    "1",
    "100.0",
    "1e2",
    "1E+2",
    "0.1",
    "1.5e-7",
    "9007199254740991",
    "9007199254740992.0",
    "1e21",
  ])("%s", (literal) => expect(parseIJson(`[${literal}]`)).toEqual([Number(literal)]));

  test.each([
    "9007199254740991.4",
    "9007199254740993",
    "100.00000000000000000001",
    "0.30000000000000000001",
    "1e400",
    "-1e400",
    "1e-400",
    `1${"0".repeat(16_000)}1`,
  ])("%s is NaN", (literal) => expect(parseIJson(`{"a":{"b":[${literal}]}}`)).toEqual({ a: { b: [Number.NaN] } }));
});

describe("what two programs could read differently is refused", () => {
  test.each([
    ["two members of one name", '{"a":1,"a":1}'],
    ["the same name in another spelling", '{"a":1,"\\u0061":2}'],
    ["further in", '{"x":[{"b":1,"c":{},"b":2}]}'],
    ["with an escaped quote in it", '{"a\\"":1,"a\\"":2}'],
  ])("%s", (_, text) => expect(() => parseIJson(text)).toThrow("Send each member of an object once"));

  test.each([
    ["in a name", '{"\\ud800":1}'],
    ["in a text", '["\\udc00"]'],
    ["in a name further in", '{"a":[{"x\\ud83d":1}]}'],
    ["two of them the wrong way round", '"\\udc00\\ud800"'],
  ])("half of a surrogate pair %s", (_, text) => expect(() => parseIJson(text)).toThrow("Send whole characters"));

  test("bytes that were no UTF-8 and came as U+FFFD", () => {
    expect(() => parseIJson('{"a":"\ufffd"}')).toThrow("in UTF-8");
  });

  test("an object without an end, or one that is deeper than any program reads", () => {
    for (const text of ["{", `${"[".repeat(16_000)}`]) expect(() => parseIJson(text)).toThrow("Send one JSON object");
    expect(parseIJson(`${"[".repeat(2_000)}${"]".repeat(2_000)}`)).toBeInstanceOf(Array);
  });
});

test("names may repeat in other objects, in texts and as values", () => {
  const text = '{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"{\\"a\\":1,\\"a\\":2}","d":"a","e":"a:","\\ud83d\\ude00":1}';
  expect(parseIJson(text)).toEqual(JSON.parse(text));
});

test("a member named __proto__ is a member", () => {
  expect(Object.keys(parseIJson('{"__proto__":1}') as object)).toEqual(["__proto__"]);
});
