import { readFileSync } from "node:fs";
import * as v from "valibot";
import { expect, test } from "vitest";
import { differences, freeze, render } from "./freeze.ts";
import { wireCommands, wireOutcomes } from "./wire.ts";

const now = render({ ...wireCommands, ...wireOutcomes });
const requested = wireCommands["appointment.requested.v1"];
const { data, ...envelope } = requested.entries;

/** The events as they would be if the data of a request had other members. */
const withData = (members: Record<string, v.GenericSchema>) => ({
  ...now,
  ...render({ "appointment.requested.v1": v.strictObject({ ...envelope, data: v.strictObject(members) }) }),
});

test("the events are as they were published", () => {
  expect(differences(JSON.parse(readFileSync(new URL("./wire.json", import.meta.url), "utf8")), now)).toEqual([]);
});

test.each([
  ["one more member", { ...data.entries, notes: v.exactOptional(v.string()) }],
  ["one member less", { appointmentId: data.entries.appointmentId }],
  ["another pattern", { ...data.entries, insuredId: v.pipe(v.string(), v.regex(/^[0-9]{6}$/)) }],
  ["another bound", { ...data.entries, scheduleId: v.pipe(v.number(), v.integer(), v.minValue(0)) }],
  ["an optional member", { ...data.entries, createdAt: v.exactOptional(data.entries.createdAt) }],
])("%s in a published event is a change, and cannot be frozen", (_what, members) => {
  const changed = withData(members);
  expect(differences(now, changed)).toEqual([{ type: "appointment.requested.v1", how: "changed" }]);
  expect(() => freeze(now, changed)).toThrow(/requested\.v1 has changed.*add a new version/);
});

test("a published event cannot go: its messages live on", () => {
  const { "appointment.requested.v1": _gone, ...rest } = now;
  expect(differences(now, rest)).toEqual([{ type: "appointment.requested.v1", how: "removed" }]);
  expect(() => freeze(now, rest)).toThrow(/requested\.v1 is gone/);
});

test("a new version is added beside the old one, by the explicit word", () => {
  const { "appointment.requested.v1": schema, ...others } = now;
  const more = { ...others, "appointment.requested.v1": schema, "appointment.requested.v2": schema };
  expect(differences(now, more)).toEqual([{ type: "appointment.requested.v2", how: "added" }]);
  expect(freeze(now, more)).toEqual(more);
});

test("a rule that JSON Schema cannot say is refused: it could change unseen", () => {
  expect(() =>
    render({
      "a.v1": v.pipe(
        v.string(),
        v.check(() => true),
      ),
    }),
  ).toThrow(/check/);
});
