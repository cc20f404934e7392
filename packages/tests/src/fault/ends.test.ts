import { expect, test } from "vitest";
import type { Item } from "./checker.ts";
import { checkDecisions, checkEnds, winnerOf } from "./ends.ts";

const slot = 100;
const told = (appointmentId: string) => ({ appointmentId, insuredId: "00042", countryISO: "PE" });
const cast = {
  first: told("first"),
  second: told("second"),
  abroad: told("abroad"),
  holder: told("holder"),
  suitor: told("suitor"),
};
const item = (appointmentId: string, status: string, place: number, parts: Partial<Item> = {}): Item => ({
  ...{ appointmentId, insuredId: "00042", countryISO: "PE", scheduleId: slot + place, status, version: 2 },
  ...{ waiting: false, eventIds: [], ...parts },
});
const taken = { reason: "schedule_taken" };
const decided = [
  item("first", "rejected", 0, taken),
  item("second", "completed", 0),
  item("abroad", "completed", 0),
  item("holder", "completed", 3),
  item("suitor", "completed", 4),
];
const places = winnerOf(cast, decided);
const ended = [
  item("first", "rejected", 0, taken),
  item("second", "cancelled", 0),
  item("abroad", "completed", 1),
  item("holder", "completed", 3),
  item("suitor", "completed", 4, { change: { kind: "reschedule", status: "rejected", ...taken } }),
  item("hasty", "cancelled", 2),
];
const all = { ...cast, hasty: told("hasty") };
const without = (items: Item[], other: Item) =>
  items.map((it) => (it.appointmentId === other.appointmentId ? other : it));

test("one of two wins, whoever asks for a free slot has it, and all end as they asked", () => {
  expect(checkDecisions(cast, decided)).toEqual([]);
  expect(places).toEqual({ winner: cast.second, loser: cast.first });
  expect(checkEnds(all, places, ended, slot)).toEqual([]);
});

test.each([
  [/^2 one slot: .* one is completed, the other completed/, item("first", "completed", 0)],
  [/^2 one slot: .* one is completed, the other pending/, item("first", "pending", 0)],
  [/^2 one slot: .* one is completed, the other rejected$/, item("first", "rejected", 0)],
  [/^2 one slot: .* one is rejected schedule_taken, the other rejected/, item("second", "rejected", 0, taken)],
  [/^2 free slot: the holder/, item("holder", "rejected", 3, taken)],
])("before anything is changed: %s", (violation, other) => {
  expect(checkDecisions(cast, without(decided, other))).toContainEqual(expect.stringMatching(violation));
});

test.each([
  [/^2 end: the winner is completed/, item("second", "completed", 0)],
  [/^2 end: the loser is completed/, item("first", "completed", 0)],
  [/^2 end: the one abroad is completed at slot 0/, item("abroad", "completed", 0)],
  [/^2 end: the suitor is completed at slot 3/, item("suitor", "completed", 3)],
  [
    /^2 taken slot: .*"completed"/,
    item("suitor", "completed", 4, { change: { kind: "reschedule", status: "completed" } }),
  ],
  [/^2 end: the hasty one is rejected/, item("hasty", "rejected", 2)],
])("in the end: %s", (violation, other) => {
  expect(checkEnds(all, places, without(ended, other), slot)).toContainEqual(expect.stringMatching(violation));
});

test("a request that was not accepted is a violation", () => {
  const { holder: _, ...rest } = cast;
  expect(checkDecisions(rest, decided)).toContainEqual("1 unheard: the request of the holder was not accepted");
  expect(checkEnds(cast, places, ended, slot)).toContainEqual("1 unheard: the request of the hasty was not accepted");
});
