import { expect, test } from "vitest";
import type { Graph, GraphResource } from "../graph.ts";
import { costOf, costTable, type Prices } from "./cost.ts";

const prices: Prices = {
  region: "us-east-1",
  date: "2026-11-24",
  hours: 100,
  free: ["sst:*", "aws:iam/role:Role"],
  prices: [
    {
      type: "db",
      part: "instance",
      when: { class: "small", twice: null },
      unit: "hour",
      usd: 0.5,
      quantity: ["hours"],
      page: "p",
    },
    {
      type: "db",
      part: "instance",
      when: { class: "small", twice: true },
      unit: "hour, twice",
      usd: 1,
      quantity: ["hours"],
      page: "p",
    },
    { type: "db", part: "storage", unit: "GB", usd: 0.1, quantity: ["gigabytes"], page: "p" },
    { type: "way", unit: "hour in a zone", usd: 0.01, quantity: ["hours", "zones"], page: "p" },
    { type: "queue", unit: "million requests", usd: 0.4, page: "p" },
  ],
};
const graph = (...resources: [type: string, name: string, inputs?: Record<string, unknown>][]) =>
  ({
    resources: resources.map(([type, name, inputs = {}]) => ({ type, name, inputs }) as GraphResource),
  }) as Graph; // no more of a graph is read

test("hours, numbers among the inputs and the lengths of lists are multiplied, and all is added up", () => {
  const { rows, monthly, unpriced } = costOf(
    graph(
      ["db", "A", { class: "small", gigabytes: 20 }],
      ["db", "B", { class: "small", twice: true, gigabytes: 20 }],
      ["way", "W", { zones: ["a", "b"] }],
      ["sst:aws:Queue", "Q"],
      ["aws:iam/role:Role", "R"],
      ["queue", "Q"],
    ),
    prices,
  );
  expect(rows.map(({ names, unit, quantity, monthly }) => [names.join(), unit, quantity, monthly])).toEqual([
    ["B", "hour, twice", 100, 100],
    ["A", "hour", 100, 50],
    ["A,B", "GB", 20, 4],
    ["W", "hour in a zone", 200, 2],
    ["Q", "million requests", undefined, 0],
  ]);
  expect({ monthly, unpriced }).toEqual({ monthly: 156, unpriced: [] });
});

test("what has no price, whole or in part, is named: the sum is too low without it", () => {
  const cost = costOf(graph(["db", "A", { class: "huge", gigabytes: 20 }], ["cache", "C"]), prices);
  expect(cost.unpriced).toEqual(["db A (instance)", "cache C"]);
  expect(costTable(cost, prices)).toContain("No price is known of: db A (instance), cache C.");
});

test("an input that is billed and is no number is an error, not nothing", () => {
  expect(() => costOf(graph(["db", "A", { class: "small" }]), prices)).toThrow("db A has no number in gigabytes");
});
