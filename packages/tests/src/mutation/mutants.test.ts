import { expect, test } from "vitest";
import { describeMutant, mutantsOf } from "./mutants.ts";
import { sampleOf } from "./sample.ts";

const described = async (content: string) =>
  (await mutantsOf([{ name: "packages/x/y.ts", content }])).map((mutant) => describeMutant(mutant, 0));

test("a mutant is described by where it is and what it becomes, in lines and columns from 1", async () => {
  expect(await described("\nexport const f = (a: number) => a < 1;")).toEqual([
    "packages/x/y.ts:2:18-2:38 ArrowFunction: () => undefined",
    "packages/x/y.ts:2:33-2:38 ConditionalExpression: true",
    "packages/x/y.ts:2:33-2:38 ConditionalExpression: false",
    "packages/x/y.ts:2:33-2:38 EqualityOperator: a <= 1",
    "packages/x/y.ts:2:33-2:38 EqualityOperator: a >= 1",
  ]);
});

test.each([
  [`new AppError("code", "What to do");`, [`packages/x/y.ts:1:14-1:20 StringLiteral: ""`]],
  [
    `f({ description: "What it is", alarmDescription: \`What it is\` });`,
    ["packages/x/y.ts:1:3-1:64 ObjectLiteral: {}"],
  ],
  [`const message = "What to do";`, []],
  ["if (import.meta.main) console.log(1);", []],
])("what is for people, or a command, is left alone: %s", async (source, expected) => {
  expect(await described(source)).toEqual(expected);
});

test("one seed takes one sample, another seed another", () => {
  const list = Array.from({ length: 100 }, (_, index) => index);
  expect(sampleOf(list, 10, 7)).toEqual(sampleOf(list, 10, 7));
  expect(sampleOf(list, 10, 7)).not.toEqual(sampleOf(list, 10, 8));
  expect(new Set(sampleOf(list, 200, 7)).size).toBe(100);
});
