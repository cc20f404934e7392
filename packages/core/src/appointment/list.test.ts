import { operator } from "@appointments/tests/kit/caller";
import { startTable } from "@appointments/tests/kit/emulator";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { v7 } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Appointment, book } from "./appointment.ts";
import { toPendingItem } from "./item.ts";
import { type ListFilter, list } from "./list.ts";
import { saveRequest } from "./request.ts";
import { putIf, type Table } from "./table.ts";

let emulator: Awaited<ReturnType<typeof startTable>>;
let table: Table;
let insuredId: string;
let counter = 0;

beforeAll(async () => {
  emulator = await startTable();
  table = emulator.table;
});
afterAll(() => emulator?.stop());
// Each test has an insured of its own.
beforeEach(() => {
  insuredId = String(++counter).padStart(5, "0");
});

async function bookMany(count: number): Promise<Appointment[]> {
  const made: Appointment[] = [];
  for (let each = 1; each <= count; each++) {
    made.push(await saveRequest(table, operator, { insuredId, scheduleId: each, countryISO: "PE" }));
  }
  return made.toReversed();
}

const noon = Date.parse("2026-11-24T12:00:00.000Z");
const [second, hour] = [1_000, 3_600_000];

/** An appointment created at noon and some milliseconds, its id made `early` milliseconds before. */
async function createdAt(ms: number, { parts = {} as Partial<Appointment>, early = 0 } = {}): Promise<Appointment> {
  const appointmentId = v7({ msecs: noon + ms - early });
  const request = { insuredId, scheduleId: 1, countryISO: "PE" } as const;
  const made = { ...book(request, appointmentId, new Date(noon + ms).toISOString()), ...parts };
  await putIf(table, {
    Item: toPendingItem(made, { kind: "operator" }),
    ConditionExpression: "attribute_not_exists(pk)",
  });
  return made;
}

/** All pages of a list, in one. */
async function whole(filter: ListFilter, limit = 2): Promise<Appointment[]> {
  const found: Appointment[] = [];
  let after: string | undefined;
  do {
    const page = await list(table, operator, insuredId, { limit, after, filter });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return found;
}

describe("list", () => {
  test("is newest first, and pages meet without gap or double", async () => {
    const newestFirst = await bookMany(5);
    const first = await list(table, operator, insuredId, { limit: 2 });
    expect(first).toEqual({ items: newestFirst.slice(0, 2), next: newestFirst[1]?.appointmentId });
    const second = await list(table, operator, insuredId, { limit: 2, after: first.next });
    expect(second).toEqual({ items: newestFirst.slice(2, 4), next: newestFirst[3]?.appointmentId });
    expect(await list(table, operator, insuredId, { limit: 2, after: second.next })).toEqual({
      items: newestFirst.slice(4),
    });
  });

  test("knows that a full page is the last one", async () => {
    await bookMany(2);
    expect(await list(table, operator, insuredId, { limit: 2 })).not.toHaveProperty("next");
  });

  test("shows an insured with no appointments an empty list", async () => {
    expect(await list(table, operator, insuredId, { limit: 20 })).toEqual({ items: [] });
  });

  test("goes on where one DynamoDB page ends, which is at 1 MB however few items that is", async () => {
    const newestFirst = await bookMany(4);
    for (const each of newestFirst) {
      const Item = { ...toPendingItem(each, { kind: "operator" }), padding: "x".repeat(390 * 1024) };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    }
    const send = vi.spyOn(table.client, "send");
    const next = newestFirst[2]?.appointmentId;
    expect(await list(table, operator, insuredId, { limit: 3 })).toEqual({ items: newestFirst.slice(0, 3), next });
    // One more than asked for in all, so the second page is asked for what the first one lacks.
    const limits = send.mock.calls.flatMap(([{ input }]) => ("Limit" in input ? [input.Limit] : []));
    expect(limits).toEqual([4, 1]);
    send.mockRestore();
    expect(await list(table, operator, insuredId, { limit: 20 })).toEqual({ items: newestFirst });
  });
});

describe("a filtered list", () => {
  test("has what every filter allows, in full pages", async () => {
    const parts = [
      { status: "completed" },
      { countryISO: "CL" },
      { status: "completed", countryISO: "CL" },
      {},
    ] as const;
    const made: Appointment[] = [];
    for (let each = 0; each < 12; each++) made.unshift(await createdAt(each, { parts: parts[each % 4] ?? {} }));
    const kept = (allowed: (of: Appointment) => boolean) => made.filter(allowed);
    expect(await whole({ status: "completed" })).toEqual(kept(({ status }) => status === "completed"));
    expect(await whole({ countries: ["CL"] })).toEqual(kept(({ countryISO }) => countryISO === "CL"));
    expect(await whole({ countries: ["CL", "PE"] })).toEqual(made);
    const both = kept(({ status, countryISO }) => status === "completed" && countryISO === "CL");
    expect(await whole({ status: "completed", countries: ["CL"] })).toEqual(both);
    const page = await list(table, operator, insuredId, { limit: 2, filter: { status: "completed" } });
    expect(page.items).toHaveLength(2);
  });

  test("of no country is empty, and nothing is read", async () => {
    await bookMany(1);
    const send = vi.spyOn(table.client, "send");
    expect(await list(table, operator, insuredId, { limit: 2, filter: { countries: [] } })).toEqual({ items: [] });
    expect(send).not.toHaveBeenCalled();
    send.mockRestore();
  });

  test("begins with from and ends before to, to the millisecond", async () => {
    const made = [await createdAt(2), await createdAt(1), await createdAt(0)];
    expect(await whole({ from: noon + 1 })).toEqual(made.slice(0, 2));
    expect(await whole({ to: noon + 1 })).toEqual(made.slice(2));
    expect(await whole({ from: noon + 1, to: noon + 2 })).toEqual(made.slice(1, 2));
    expect(await whole({ from: 0, to: noon })).toEqual([]);
  });

  test("goes by createdAt, also where an Idempotency-Key kept the id for a day", async () => {
    const late = await createdAt(0, { early: 24 * hour - second });
    expect(await whole({ from: noon })).toEqual([late]);
    expect(await whole({ to: noon })).toEqual([]);
  });

  test("reads the keys of its time, not the whole partition", async () => {
    for (let day = 0; day < 8; day++) await createdAt(day * 24 * hour);
    const send = vi.spyOn(table.client, "send");
    const day = 3 * 24 * hour;
    expect(await whole({ from: noon + day, to: noon + day + hour })).toHaveLength(1);
    const answers = await Promise.all(send.mock.results.map(({ value }) => value));
    // The day itself, and one before for the ids that a key kept.
    expect(answers.map(({ ScannedCount }) => ScannedCount)).toEqual([2]);
    send.mockRestore();
  });

  test("reads so many items a page at most, and still comes to the end", async () => {
    const oldest = await createdAt(0, { parts: { status: "completed" } });
    for (let ms = 1; ms <= 10; ms++) await createdAt(ms);
    const page = { limit: 2, budget: 4, filter: { status: "completed" } } as const;
    const sizes: number[] = [];
    const found: Appointment[] = [];
    let after: string | undefined;
    do {
      const { items, next } = await list(table, operator, insuredId, { ...page, after });
      sizes.push(items.length);
      found.push(...items);
      after = next;
    } while (after !== undefined);
    expect(sizes).toEqual([0, 0, 1]);
    expect(found).toEqual([oldest]);
  });
});
