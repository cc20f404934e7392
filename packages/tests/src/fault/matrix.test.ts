import { expect, test } from "vitest";
import type { Fault, Point } from "./campaign.ts";
import { kindOf, pairs, provoked, sample } from "./matrix.ts";

const point = (action: string, occurrence = 0): Point => ({ function: "f", service: "s", action, occurrence });
const run = (at: Point, fault: Fault, points: Point[]) => ({
  point: at,
  fault,
  points,
  hits: 1,
  violations: [],
  ms: 1,
});

test("every point meets every fault; calls with entries fail in part, too", () => {
  const faults = (action: string) => pairs([point(action)]).map(({ fault }) => fault);
  expect(faults("Query")).toEqual(["fail-before", "fail-after", "hang", "throttle", "kill-before", "kill-after"]);
  expect(new Set(faults("PutEvents"))).toEqual(new Set([...faults("Query"), "partial"]));
});

test("the first two calls of a kind are points, and the first poll", () => {
  const many = (action: string) => pairs([0, 1, 2].map((occurrence) => point(action, occurrence)));
  expect(new Set(many("Query").map((pair) => pair.point.occurrence))).toEqual(new Set([0, 1]));
  expect(new Set(many("ReceiveMessage").map((pair) => pair.point.occurrence))).toEqual(new Set([0]));
});

test("a call that was made only under a fault is a point, after the fault that provoked it most", () => {
  const learned = [point("Query")];
  const once = run(point("Query"), "throttle", [point("Query"), point("Postpone")]);
  const twice = run(point("Query"), "hang", [point("Query"), point("Postpone"), point("Postpone", 1)]);
  const found = provoked(learned, [once, twice, once]);
  expect(new Set(found.map((pair) => kindOf(pair.point)))).toEqual(new Set(["f s Postpone"]));
  expect(found).toHaveLength(12);
  for (const { provokedBy } of found) expect(provokedBy).toEqual({ point: point("Query"), fault: "hang" });
  // The next way, for when that was chance.
  for (const { provokedBy } of provoked(learned, [once, twice], 1)) expect(provokedBy?.fault).toBe("throttle");
  expect(provoked(learned, [once], 1)).toEqual([]);
});

test("a sample is spread over all, and another offset gives others", () => {
  const all = pairs(["A", "B", "C", "D"].map((action) => point(action)));
  expect(sample(all, 4).map((pair) => pair.point.action)).toEqual(["A", "B", "C", "D"]);
  expect(sample(all, 4, 1)).not.toEqual(sample(all, 4));
  expect(sample(all, 100)).toHaveLength(all.length);
});
