import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Exercise, openExercise } from "./exercise.ts";

let exercise: Exercise;
beforeAll(async () => {
  exercise = await openExercise();
});
afterAll(() => exercise?.remove());

const core = "packages/core/src";
const api = "packages/functions/src/api/appointment.ts";

/** Each mapping that a field of a booking goes through. */
const mappings = [
  "core/src/appointment/event.ts bookingFromWire",
  "core/src/appointment/event.ts bookingToWire",
  "core/src/appointment/idempotency.ts fingerprintOf",
  "core/src/appointment/item.ts fromItem",
  "core/src/appointment/item.ts toItem",
  "core/src/country/row.ts bookingOf",
  "core/src/country/row.ts toRow",
  "functions/src/api/appointment.ts answerOf",
  "functions/src/api/appointment.ts requestFrom",
];

type Edit = [file: string, before: string, after: string];
const event = `${core}/appointment/event.ts`;
const item = `${core}/appointment/item.ts`;
const row = `${core}/country/row.ts`;

/** The field in each mapping, in the order of docs/changing.md. */
const steps: Record<string, Edit[]> = {
  "functions/src/api/appointment.ts requestFrom": [
    [
      api,
      "{ insuredId: insured, scheduleId: slot, countryISO: country },",
      "{ insuredId: insured, scheduleId: slot, countryISO: country, notes: v.exactOptional(v.string()) },",
    ],
    [
      api,
      "({ insuredId, scheduleId, countryISO }: v.InferOutput<typeof requestBody>",
      "({ insuredId, scheduleId, countryISO, notes }: v.InferOutput<typeof requestBody>",
    ],
    [
      api,
      "whole<AppointmentRequest>({ insuredId, scheduleId, countryISO })",
      "whole<AppointmentRequest>({ insuredId, scheduleId, countryISO, notes })",
    ],
  ],
  "functions/src/api/appointment.ts answerOf": [
    [
      api,
      '  createdAt: moment("When it was asked for"),\n',
      '  createdAt: moment("When it was asked for"),\n  notes: v.exactOptional(v.string()),\n',
    ],
    [api, "heldBy, change, ...rest } = others;", "heldBy, change, notes, ...rest } = others;"],
    [api, "    status: status.to(domainStatus),\n", "    notes,\n    status: status.to(domainStatus),\n"],
  ],
  "core/src/appointment/idempotency.ts fingerprintOf": [
    [`${core}/appointment/idempotency.ts`, "countryISO, ...rest }", "countryISO, notes, ...rest }"],
    [
      `${core}/appointment/idempotency.ts`,
      "JSON.stringify([insuredId, scheduleId, countryISO])",
      "JSON.stringify([insuredId, scheduleId, countryISO, ...(notes === undefined ? [] : [notes])])",
    ],
  ],
  "core/src/appointment/item.ts toItem": [
    [
      item,
      "  createdAt: timestamp,\n  status,",
      "  createdAt: timestamp,\n  notes: v.exactOptional(v.string()),\n  status,",
    ],
    [
      item,
      "const { status, reason, heldBy, change, version, updatedAt, ...rest } = others;",
      "const { status, reason, heldBy, change, version, updatedAt, notes, ...rest } = others;",
    ],
    [
      item,
      "    status: storedStatus.to(status),\n    ...(reason && { reason: storedReason.to(reason) }),\n    ...(heldBy",
      "    status: storedStatus.to(status),\n    ...(notes !== undefined && { notes }),\n    ...(reason && { reason: storedReason.to(reason) }),\n    ...(heldBy",
    ],
  ],
  "core/src/appointment/item.ts fromItem": [
    [
      item,
      "      status: storedStatus.from(rest.status),\n",
      "      notes: rest.notes,\n      status: storedStatus.from(rest.status),\n",
    ],
  ],
  // What is published has no notes and never will: version 2 has.
  "core/src/appointment/event.ts bookingToWire": [
    [
      `${core}/appointment/wire.ts`,
      "const cancelRequested =",
      "const requestedV2 = v.strictObject({ ...booking, notes: v.exactOptional(v.string()) });\nconst cancelRequested =",
    ],
    [
      `${core}/appointment/wire.ts`,
      '  "appointment.cancel_requested.v1": eventSchema',
      '  "appointment.requested.v2": eventSchema("appointment.requested.v2", requestedV2),\n  "appointment.cancel_requested.v1": eventSchema',
    ],
    [
      event,
      '  "appointment.cancel_requested.v1": {',
      '  "appointment.requested.v2": { fact: "requested", cause: "requested", leadsTo: "pending" },\n  "appointment.cancel_requested.v1": {',
    ],
    [event, '...envelope("appointment.requested.v1", booking', '...envelope("appointment.requested.v2", booking'],
    [
      event,
      "  data: bookingToWire(booking),",
      "  data: { ...bookingToWire(booking), ...(booking.notes !== undefined && { notes: booking.notes }) },",
    ],
    [
      event,
      "countryISO, createdAt, ...rest }: Booking)",
      "countryISO, createdAt, notes: _onlyInV2, ...rest }: Booking)",
    ],
  ],
  "core/src/appointment/event.ts bookingFromWire": [
    [
      event,
      "whole<Booking>({ appointmentId, insuredId, scheduleId, countryISO, createdAt })",
      "whole<Booking>({ appointmentId, insuredId, scheduleId, countryISO, createdAt, notes: undefined })",
    ],
    [
      event,
      '  if (event.type === "appointment.requested.v1") return booking;',
      '  if (event.type === "appointment.requested.v1") return booking;\n  if (event.type === "appointment.requested.v2") return { ...booking, ...event.data, countryISO: booking.countryISO };',
    ],
  ],
  "core/src/country/row.ts toRow": [
    [
      `${core}/database/columns.ts`,
      '  createdAt: moment("created_at").notNull(),',
      '  notes: varchar("notes", { length: 500 }),\n  createdAt: moment("created_at").notNull(),',
    ],
    [`${core}/database/columns.ts`, "type MySqlColumn, unique }", "type MySqlColumn, unique, varchar }"],
    [`${core}/country/lookup.ts`, "  changes: v.number(),", "  notes: v.nullable(v.string()),\n  changes: v.number(),"],
    [row, "createdAt, ...rest } = booking;", "createdAt, notes, ...rest } = booking;"],
    [row, "    refusedScheduleId: null,\n", "    refusedScheduleId: null,\n    notes: notes ?? null,\n"],
  ],
  "core/src/country/row.ts bookingOf": [
    [
      row,
      "    createdAt: row.createdAt.toISOString(),\n",
      "    createdAt: row.createdAt.toISOString(),\n    notes: row.notes ?? undefined,\n",
    ],
  ],
};

test("an optional field of a booking does not compile until every mapping names it, and then reaches MySQL", {
  timeout: 180_000,
}, async () => {
  const domain = `${core}/appointment/appointment.ts`;
  await exercise.edit(domain, "  countryISO: CountryCode;\n}", "  countryISO: CountryCode;\n  notes?: string;\n}");

  const missing = async () =>
    [...new Set((await exercise.types()).map(({ file, within }) => `${file} ${within}`))].toSorted();
  expect(await missing()).toEqual(mappings);

  const left = new Set(mappings);
  for (const [mapping, edits] of Object.entries(steps)) {
    for (const edit of edits) await exercise.edit(...edit);
    left.delete(mapping);
    // A mapping that is filled in names those that are not: none can be forgotten.
    if (left.size === 1) expect(await missing()).toEqual([...left]);
  }
  expect(await missing()).toEqual([]);

  // The new version is no change of what is published, and is published by a word of its own.
  const freeze = (...args: string[]) => exercise.run("node/bin/node", [`${core}/appointment/freeze.ts`, ...args]);
  expect(await freeze()).toMatchObject({ code: 1, output: expect.stringContaining("requested.v2 is new") });
  expect(await freeze("--add")).toMatchObject({ code: 0, output: "Added: appointment.requested.v2\n" });
  expect(await freeze()).toMatchObject({ code: 0 });

  await addMigration();
  await exercise.write(`${core}/exercise.ts`, wayOfABooking);
  const { code, output } = await exercise.run("node/bin/node", [`${core}/exercise.ts`]);
  expect({ code, rows: code === 0 ? JSON.parse(output) : output }).toEqual({
    code: 0,
    rows: { stored: "bring the X-ray", decided: "bring the X-ray", row: "bring the X-ray" },
  });
});

async function addMigration(): Promise<void> {
  const folder = `${core}/country/pe/migrations`;
  const journal = JSON.parse(await readFile(join(exercise.root, folder, "meta/_journal.json"), "utf8"));
  const last = journal.entries.at(-1);
  const entry = { ...last, idx: last.idx + 1, when: last.when + 1, tag: "0003_notes" };
  await exercise.write(`${folder}/0003_notes.sql`, "ALTER TABLE `appointment` ADD `notes` varchar(500);");
  await exercise.write(
    `${folder}/meta/_journal.json`,
    JSON.stringify({ ...journal, entries: [...journal.entries, entry] }),
  );
}

/** Saved, published, read from the queue, decided: in the copy, over a database of its own. */
const wayOfABooking = `import { book } from "./appointment/appointment.ts";
import { commandOf, parseRequested } from "./appointment/event.ts";
import { fromItem, toPendingItem } from "./appointment/item.ts";
import { countries } from "./country/country.ts";
import { serve } from "./country/serve.ts";
import { openDatabase } from "./database/database.ts";
import { newId } from "./id.ts";
import { startMysql } from "@appointments/tests/kit/mysql";

console.info = () => {};
const server = await startMysql();
const { url, admin } = await server.countryDatabase("PE");
const database = openDatabase(url);
const wanted = { insuredId: "00042", scheduleId: 7, countryISO: "PE", notes: "bring the X-ray" } as const;
const stored = fromItem(toPendingItem(book(wanted, newId(), "2026-11-24T03:00:00.000Z"), { kind: "operator" })).appointment;
const command = parseRequested(JSON.parse(JSON.stringify(commandOf(stored, undefined))), "PE");
const bus = { publish: async () => new Map() };
const [error] = await serve({ country: countries.PE, database, bus }, [command]);
if (error) throw error;
const [rows] = await admin.query("select notes from appointment");
console.log(JSON.stringify({ stored: stored.notes, decided: command.data.notes, row: (rows as { notes: string }[])[0]?.notes }));
await database.close();
await server.stop();
`;
