import { expect, test } from "vitest";
import { applied } from "./mutant.ts";
import { mutantsOf } from "./mutate.ts";
import { sampleOf } from "./sample.ts";

const mutated = (source: string) => mutantsOf("x.ts", source).map((mutant) => applied(source, mutant));

test.each<[string, string, string[]]>([
  ["a condition is met, and not", "if (a) b;", ["if (true) b;", "if (false) b;", "if (a) {}"]],
  ["a boundary moves and turns round", "x = a < 1", ["x = a <= 1", "x = a >= 1"]],
  ["a comparison turns round", "x = a === b", ["x = a !== b"]],
  ["a sign is lost", "x = !a", ["x = a"]],
  ["a default is lost", "x = a ?? b", ["x = a && b"]],
  ["numbers are computed otherwise, texts are joined", "x = a * b; y = a + 'b'", ["x = a / b; y = a + 'b'"]],
  ["a boolean and a string change", "x = [true, 'a']", ["x = [false, 'a']", `x = [true, ""]`]],
  ["a property is left out", "x = { a, b }", ["x = { b }", "x = { a, }", "x = {}"]],
  ["the only element is left out", "x = [a]", ["x = []"]],
  ["a call is left out", "a();\nb();", ["{}\nb();", "a();\n{}"]],
  [
    "a method is left out or another",
    "x = a.trim(); y = a.some(b)",
    ["x = a; y = a.some(b)", "x = a.trim(); y = a.every(b)"],
  ],
  ["an anchor is lost", "x = /^a$/", ["x = /a$/", "x = /^a/"]],
])("%s", (_, source, expected) => {
  const all = mutated(source);
  for (const each of expected)
    expect(all.map((text) => text.replaceAll(/ +/g, " "))).toContain(each.replaceAll(/ +/g, " "));
});

test("types, imports, keys and sentences in errors are left alone", () => {
  const source = [
    `import { a } from "b";`,
    `type Kind = "x" | "y";`,
    `const c: "x" = d as "x";`,
    `const e = { "f g": d };`,
    'const h = new AppError(d, "What to do");',
  ].join("\n");
  expect(mutantsOf("x.ts", source).map(({ line, original }) => [line, original])).toEqual([[4, '{ "f g": d }']]);
});

test("one seed takes one sample, another seed another", () => {
  const list = Array.from({ length: 100 }, (_, index) => index);
  expect(sampleOf(list, 10, 7)).toEqual(sampleOf(list, 10, 7));
  expect(sampleOf(list, 10, 7)).not.toEqual(sampleOf(list, 10, 8));
  expect(new Set(sampleOf(list, 200, 7)).size).toBe(100);
});
