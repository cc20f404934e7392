import { expect, test } from "vitest";
import { allNamed, type Every, whole, words } from "./mapping.ts";

interface Thing {
  name: string;
  notes?: string;
}

test("what is undefined is no member of the whole", () => {
  expect(Object.keys(whole<Thing>({ name: "one", notes: undefined }))).toEqual(["name"]);
  expect(whole<Thing>({ name: "one", notes: "two" })).toEqual({ name: "one", notes: "two" });
});

test("an optional member that is not named does not compile", () => {
  // @ts-expect-error `notes` is not named
  const built: Every<Thing> = { name: "one" };
  // @ts-expect-error `name` is not optional
  const unnamed: Every<Thing> = { name: undefined, notes: undefined };
  const { name, ...rest } = whole<Thing>({ name: "one", notes: "two" });
  // @ts-expect-error `notes` is not taken
  allNamed(rest);
  expect([built, unnamed, name]).toHaveLength(3);
});

test("a dictionary goes both ways", () => {
  const status = words({ declined: "rejected", completed: "completed" } as const);
  expect([status.to("declined"), status.from("rejected"), status.theirs]).toEqual([
    "rejected",
    "declined",
    ["rejected", "completed"],
  ]);
  expect([status.find("rejected"), status.find("declined"), status.find("toString")]).toEqual([
    "declined",
    undefined,
    undefined,
  ]);
});

test("one word cannot stand for two: nobody could read it back", () => {
  expect(() => words({ declined: "no", rejected: "no" })).toThrow(new TypeError("One word stands for two"));
});
