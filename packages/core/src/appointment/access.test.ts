import { operator } from "@appointments/tests/kit/caller";
import { startTable } from "@appointments/tests/kit/emulator";
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type CountryCode, countryCodes } from "../country/country.ts";
import { newId } from "../id.ts";
import { saveChange } from "./alter.ts";
import type { Appointment } from "./appointment.ts";
import type { Caller } from "./caller.ts";
import { list } from "./list.ts";
import { get, history } from "./read.ts";
import { saveRequest } from "./request.ts";
import type { Table } from "./table.ts";

let emulator: Awaited<ReturnType<typeof startTable>>;
let table: Table;
beforeAll(async () => {
  emulator = await startTable();
  table = emulator.table;
});
afterAll(() => emulator?.stop());
afterEach(() => vi.restoreAllMocks());

const book = (insuredId: string, countryISO: CountryCode, scheduleId = 1) =>
  saveRequest(table, operator, { insuredId, scheduleId, countryISO });
const patient = (insuredId: string): Caller => ({ kind: "patient", id: "a-person", insuredId });
const partner = (...countries: CountryCode[]): Caller => ({ kind: "partner", id: "a-client", countries });

async function pagesOf(caller: Caller, insuredId: string, limit: number): Promise<Appointment[][]> {
  const pages: Appointment[][] = [];
  let after: string | undefined;
  do {
    const page = await list(table, caller, insuredId, { limit, after });
    pages.push(page.items);
    after = page.next;
  } while (after !== undefined);
  return pages;
}

/** People of this file alone, so that what each has is known. */
const people = ["90001", "90002", "90003"] as const;

const person = fc.constantFrom(...people);
const someCountries = fc.subarray<CountryCode>(countryCodes, { minLength: 1 });
const someCaller: fc.Arbitrary<Caller> = fc.oneof(
  person.map(patient),
  someCountries.map((countries) => partner(...countries)),
  fc.constant(operator),
);
const someBookings = fc.array(fc.record({ insuredId: person, countryISO: fc.constantFrom(...countryCodes) }), {
  maxLength: 6,
});

/** The rule once more, in other words than the product's. */
const mayReach = (caller: Caller, { insuredId, countryISO }: Appointment): boolean => {
  if (caller.kind === "patient") return insuredId === caller.insuredId;
  return caller.kind === "operator" || new Set<string>(caller.countries).has(countryISO);
};

test("whatever is booked and whoever asks: all that the caller reaches is shown, in full pages, and nothing else", async () => {
  const booked: Appointment[] = [];
  const property = fc.asyncProperty(
    someBookings,
    someCaller,
    fc.integer({ min: 1, max: 4 }),
    async (more, caller, limit) => {
      for (const { insuredId, countryISO } of more) booked.push(await book(insuredId, countryISO));
      for (const insuredId of people) {
        const theirs = booked.filter((each) => each.insuredId === insuredId).toReversed();
        if (caller.kind === "patient" && caller.insuredId !== insuredId) {
          await expect(pagesOf(caller, insuredId, limit)).rejects.toMatchObject({ code: "insured_not_found" });
          continue;
        }
        const pages = await pagesOf(caller, insuredId, limit);
        expect(pages.flat()).toEqual(theirs.filter((each) => mayReach(caller, each)));
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
      }
      for (const each of booked.slice(-4)) {
        const reached = mayReach(caller, each);
        expect(await get(table, caller, each)).toEqual(reached ? each : undefined);
        expect(await history(table, caller, each)).toEqual(reached ? [expect.anything()] : undefined);
      }
    },
  );
  await fc.assert(property, { numRuns: 40 });
});

test.each([
  ["a patient, for another", patient("90010"), { insuredId: "90011", countryISO: "PE" }, "insured_not_found"],
  ["a partner, in another country", partner("PE"), { insuredId: "90011", countryISO: "CL" }, "country_not_found"],
] as const)("%s, books nothing, and holds no Idempotency-Key", async (_who, caller, wanted, code) => {
  const asked = { ...wanted, scheduleId: 1 };
  const idempotencyKey = newId();
  await expect(saveRequest(table, caller, asked, { idempotencyKey })).rejects.toMatchObject({ code, retry: false });
  expect((await list(table, operator, asked.insuredId, { limit: 1 })).items).toEqual([]);
  const mayTake = { ...asked, insuredId: "90010", countryISO: "PE" as const };
  expect(await saveRequest(table, caller, mayTake, { idempotencyKey })).toMatchObject(mayTake);
});

test.each([
  ["a patient", patient("90010")],
  ["a partner of another country", partner("PE")],
] as const)("%s changes nothing of another's, whatever state it is in", async (_who, caller) => {
  const made = await book("90012", "CL");
  const gone = { ...made, appointmentId: newId() };
  for (const wanted of [{ kind: "cancel" }, { kind: "reschedule", scheduleId: 2 }] as const) {
    for (const key of [made, gone]) {
      const never = { matches: () => false };
      await expect(saveChange(table, caller, key, wanted, never)).rejects.toMatchObject({
        code: "appointment_not_found",
        message: "The insured has no appointment of this id",
      });
    }
  }
  expect(await get(table, operator, made)).toEqual(made);
});

test("a partner finds its two behind forty of another country in a few queries", async () => {
  const [oldest] = [await book("90013", "PE"), await book("90013", "PE")];
  for (let each = 0; each < 40; each++) await book("90013", "CL");
  const send = vi.spyOn(table.client, "send");
  const page = await list(table, partner("PE"), "90013", { limit: 2 });
  expect(page).toMatchObject({ items: [{ countryISO: "PE" }, { appointmentId: oldest.appointmentId }] });
  expect(page).not.toHaveProperty("next");
  const limits = send.mock.calls.map(([command]) =>
    command instanceof QueryCommand ? command.input.Limit : undefined,
  );
  expect(limits).toEqual([3, 12, 48]);
});
