import { afterAll, beforeAll, expect, test } from "vitest";
import { type Exercise, openExercise } from "./exercise.ts";

let exercise: Exercise;
beforeAll(async () => {
  exercise = await openExercise();
});
afterAll(() => exercise?.remove());

const core = "packages/core/src";

/** docs/changing.md, "Rename a word of the domain". */
test("a status is renamed in the domain, and neither the wire nor what is stored nor the API changes", {
  timeout: 180_000,
}, async () => {
  expect(await exercise.types()).toEqual([]);

  await exercise.edit(`${core}/appointment/appointment.ts`, '  rejected: ["pending"],', '  declined: ["pending"],');
  // The compiler names each dictionary that has lost its word.
  expect((await exercise.types()).map(({ file }) => file)).toEqual(
    expect.arrayContaining([
      "core/src/appointment/event.ts",
      "core/src/appointment/stored.ts",
      "functions/src/api/appointment.ts",
    ]),
  );

  const edits: [file: string, before: string, after: string][] = [
    [`${core}/appointment/appointment.ts`, '{ status: "rejected" } &', '{ status: "declined" } &'],
    [`${core}/appointment/appointment.ts`, 'if (status === "rejected") return', 'if (status === "declined") return'],
    ...["v1", "v2"].map((version): [string, string, string] => {
      const line = `"appointment.rejected.${version}": { fact: "rejected", cause: "rejected", leadsTo:`;
      return [`${core}/appointment/event.ts`, `${line} "rejected"`, `${line} "declined"`];
    }),
    [`${core}/appointment/stored.ts`, '  rejected: "rejected",\n  cancelled', '  declined: "rejected",\n  cancelled'],
    [`${core}/country/decide.ts`, '{ status: "rejected", ...', '{ status: "declined", ...'],
    [`${core}/country/row.ts`, 'if (status === "rejected") {', 'if (status === "declined") {'],
    [
      "packages/functions/src/api/appointment.ts",
      '  rejected: "rejected",\n  cancelled',
      '  declined: "rejected",\n  cancelled',
    ],
    ["packages/ops/src/compare.ts", 'statusOf(row) === "rejected"', 'statusOf(row) === "declined"'],
  ];
  for (const edit of edits) await exercise.edit(...edit);

  expect(await exercise.types()).toEqual([]);
  expect(await exercise.run("node/bin/node", [`${core}/appointment/freeze.ts`])).toMatchObject({ code: 0 });
  const words = await exercise.run(".bin/vitest", [
    "run",
    `${core}/appointment/item.test.ts`,
    `${core}/country/row.test.ts`,
    `${core}/appointment/freeze.test.ts`,
  ]);
  expect(words.output).toMatch(/Test Files.* 3 passed/);
  expect(words.code).toBe(0);
});
