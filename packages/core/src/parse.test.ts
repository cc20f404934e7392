import * as v from "valibot";
import { expect, test } from "vitest";
import { parse, describe as say } from "./parse.ts";

const schema = v.strictObject({
  name: v.pipe(v.string("must be text"), v.minLength(3, "must be longer")),
  "a/b": v.number(),
});

const faultsOf = (input: unknown) => {
  const result = parse(schema, input);
  return result.ok ? [] : result.faults;
};

test("what is right comes out typed", () => {
  expect(parse(schema, { name: "Eva", "a/b": 1 })).toEqual({ ok: true, value: { name: "Eva", "a/b": 1 } });
});

test("every member at fault is named once, missing and unknown ones too", () => {
  expect(faultsOf({ name: 1, x: 1, y: 2 })).toEqual([
    { pointer: "#/name", detail: "must be text", code: "invalid" },
    { pointer: "#/a~1b", detail: "is missing", code: "missing" },
    { pointer: "#/x", detail: "is not known", code: "unknown" },
    { pointer: "#/y", detail: "is not known", code: "unknown" },
  ]);
});

test.each([null, 1, "text", true])("%j is no object, and the whole of it is at fault", (input) => {
  expect(faultsOf(input)).toMatchObject([{ pointer: "#", code: "invalid" }]);
});

test.each([{ list: [] }, { list: [1] }])("$list is no object, even where no member is required", ({ list }) => {
  const optional = v.strictObject({ name: v.exactOptional(v.string()) });
  const faults = [{ pointer: "#", detail: "must be an object", code: "invalid" }];
  expect(parse(optional, list)).toEqual({ ok: false, faults });
  expect(faultsOf(list)).toEqual(faults);
});

test("of an object that may have more members, only what it lacks is at fault", () => {
  const open = v.looseObject({ name: v.string() });
  expect(parse(open, { more: 1 })).toEqual({
    ok: false,
    faults: [{ pointer: "#/name", detail: "is missing", code: "missing" }],
  });
});

test("no detail repeats what was received", () => {
  const faults = faultsOf({ name: "73", "a/b": "73519", "73519": 1 });
  expect(faults.map(({ detail }) => detail).join()).not.toMatch(/73/);
  expect(say(faults)).not.toMatch(/73/);
});

test("one unknown member is counted in words, as many as a line names are named", () => {
  expect(say(faultsOf({ name: "Eva", "a/b": 1, x: 1 }))).toBe("a member is not known");
  expect(say(faultsOf({ name: "Eva", "a/b": 1, x: 1, y: 1 }))).toBe("2 members are not known");
  const line = (length: number) => {
    const result = parse(
      v.array(v.string()),
      Array.from({ length }, () => 1),
    );
    return result.ok ? [] : say(result.faults).split("; ");
  };
  expect(line(8)).toHaveLength(8);
  expect(line(9).at(-1)).toBe("1 more");
});

test("a line is short, however much is at fault", () => {
  const unknown = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`x${index}`, 1]));
  expect(say(faultsOf({ name: "Eva", "a/b": "no", ...unknown }))).toBe(
    "#/a~1b must be number; 20000 members are not known",
  );
  const list = parse(
    v.array(v.string()),
    Array.from({ length: 20_000 }, () => 1),
  );
  expect(list.ok ? "" : say(list.faults)).toMatch(/^#\/0 must be string; .*; #\/7 must be string; 19992 more$/);
});

test("a pointer escapes what JSON Pointer and a URI would read otherwise", () => {
  const faults = faultsOf({ name: "Eva", "a/b": 1, "~": 1, "x/~1": 1, "é #": 1 });
  expect(faults.map(({ pointer }) => pointer)).toEqual(["#/~0", "#/x~1~01", "#/%C3%A9%20%23"]);
});

test("a name that is half a character is a fault and not a failure", () => {
  expect(faultsOf({ name: "Eva", "a/b": 1, "x\ud800": 1 })).toMatchObject([{ pointer: "#/x%EF%BF%BD" }]);
});

test("a member named __proto__ is unknown, not magic", () => {
  expect(faultsOf(JSON.parse('{"name": "Eva", "a/b": 1, "__proto__": {"x": 1}}'))).toEqual([
    { pointer: "#/__proto__", detail: "is not known", code: "unknown" },
  ]);
});

test("an unknown member further in is named by its whole path", () => {
  const outer = v.object({ in: schema });
  const result = parse(outer, { in: { name: "Eva", "a/b": 1, z: 1 } });
  expect(result).toMatchObject({ ok: false, faults: [{ pointer: "#/in/z", code: "unknown" }] });
});
