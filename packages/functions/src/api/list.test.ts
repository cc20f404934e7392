import { randomBytes } from "node:crypto";
import type { Appointment } from "@appointments/core/appointment/appointment";
import { saveRequest } from "@appointments/core/appointment/request";
import { settle } from "@appointments/core/appointment/settle";
import { newId } from "@appointments/core/id";
import { operator } from "@appointments/tests/kit/caller";
import { captureLog } from "@appointments/tests/kit/capture";
import { startTable } from "@appointments/tests/kit/emulator";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { asAdmin, claiming, claimsOf } from "../testing/caller.ts";
import { settings } from "../testing/settings.ts";
import { createApp } from "./app.ts";
import { cursorsOf } from "./cursor.ts";

let emulator: Awaited<ReturnType<typeof startTable>>;
let insuredId: string;
let counter = 0;

beforeAll(async () => {
  emulator = await startTable();
});
afterAll(() => emulator?.stop());
// Each test has an insured of its own.
beforeEach(() => {
  captureLog();
  insuredId = String(80_000 + ++counter);
});
afterEach(() => vi.restoreAllMocks());

const appWith = (parts: Partial<typeof settings> = {}) =>
  createApp({ ...settings, ...parts, table: emulator.table, topic: { publish: async () => {} } });

interface Listed {
  items: { appointmentId: string; status: string; countryISO: string }[];
  nextCursor?: string;
  code?: string;
  errors?: { parameter: string; detail: string; code: string }[];
}

async function listed(query = "", as: object = asAdmin, app = appWith(), of = insuredId) {
  const response = await app.request(`/appointments/${of}${query}`, {}, as);
  return { status: response.status, body: (await response.json()) as Listed };
}
const idsOf = ({ body }: Awaited<ReturnType<typeof listed>>) => body.items.map(({ appointmentId }) => appointmentId);

const book = (countryISO: "PE" | "CL" = "PE", clock?: () => number) =>
  saveRequest(emulator.table, operator, { insuredId, scheduleId: 1, countryISO }, clock ? { clock } : {});
async function complete(of: Appointment): Promise<Appointment> {
  const { status: _s, ...booking } = of;
  await settle(emulator.table, { ...booking, status: "completed", version: 2 });
  return of;
}
const refusedCursor = {
  status: 400,
  body: {
    code: "cursor_invalid",
    errors: [{ parameter: "cursor", detail: "is not a nextCursor of this list", code: "invalid" }],
  },
};

describe("the filters of a list", () => {
  test("status and countryISO choose, page by page", async () => {
    const made: Appointment[] = [];
    for (const [country, done] of [
      ["PE", 1],
      ["CL", 1],
      ["PE", 0],
      ["CL", 1],
      ["PE", 1],
      ["CL", 0],
    ] as const) {
      const each = await book(country);
      made.unshift(done ? await complete(each) : each);
    }
    const ids = (...places: number[]) => places.map((place) => made[place]?.appointmentId);
    expect(idsOf(await listed("?status=pending"))).toEqual(ids(0, 3));
    expect(idsOf(await listed("?countryISO=CL"))).toEqual(ids(0, 2, 4));
    expect(idsOf(await listed("?status=completed&countryISO=CL"))).toEqual(ids(2, 4));
    expect(idsOf(await listed("?status=rejected"))).toEqual([]);

    const found: (string | undefined)[] = [];
    let cursor = "";
    do {
      const page = await listed(`?status=completed&limit=3${cursor}`);
      expect(page.body.items.length).toBeGreaterThan(0);
      found.push(...idsOf(page));
      cursor = page.body.nextCursor ? `&cursor=${page.body.nextCursor}` : "";
    } while (cursor);
    expect(found).toEqual(ids(1, 2, 4, 5));
  });

  test("from and to choose by createdAt, in whatever offset they are written", async () => {
    const now = Date.now();
    const [early, late] = [await book("PE", () => now), await book("PE", () => now + 5)];
    const at = (ms: number) => new Date(now + ms).toISOString();
    expect(idsOf(await listed(`?from=${at(1)}`))).toEqual([late.appointmentId]);
    expect(idsOf(await listed(`?to=${at(5)}`))).toEqual([early.appointmentId]);
    expect(idsOf(await listed(`?from=${at(0)}&to=${at(6)}`))).toEqual([late.appointmentId, early.appointmentId]);
    const lima = new Date(now + 1 - 5 * 3_600_000).toISOString().replace("Z", "-05:00");
    expect(idsOf(await listed(`?from=${lima}`))).toEqual([late.appointmentId]);
    const berlin = new Date(now + 1 + 3_600_000).toISOString().replace("Z", "%2B01:00");
    expect(idsOf(await listed(`?from=${berlin}`))).toEqual([late.appointmentId]);
  });

  test("a partner that asks for a country of others has an empty list, and in every list its own only", async () => {
    const [own, other] = [await book("PE"), await book("CL")];
    const partner = claiming(claimsOf.partner("PE"));
    expect(idsOf(await listed("", partner))).toEqual([own.appointmentId]);
    expect(idsOf(await listed("?countryISO=PE", partner))).toEqual([own.appointmentId]);
    expect(idsOf(await listed("?countryISO=CL", partner))).toEqual([]);
    expect(idsOf(await listed("?countryISO=CL"))).toEqual([other.appointmentId]);
  });

  const instant = "must be an instant as in 2026-11-24T03:00:00Z";
  test.each([
    ["status=done", { status: "must be one of pending, completed, rejected, cancelled" }],
    ["status=", { status: "must be one of pending, completed, rejected, cancelled" }],
    ["countryISO=AR", { countryISO: "must be one of PE, CL" }],
    ["countryISO=pe", { countryISO: "must be one of PE, CL" }],
    ["from=yesterday", { from: instant }],
    ["from=2026-11-24", { from: instant }],
    ["from=2026-11-24T03:00:00", { from: instant }],
    ["from=2026-11-24T03:00:00+05:00", { from: instant }],
    ["from=2026-02-30T03:00:00Z", { from: instant }],
    ["from=2026-13-01T03:00:00Z", { from: instant }],
    ["from=2026-11-24T24:00:00Z", { from: instant }],
    ["from=2026-11-24T03:60:00Z", { from: instant }],
    ["from=0000-01-01T00:00:00%2B01:00", { from: instant }],
    ["to=9999-12-31T23:59:59-01:00", { to: instant }],
    ["to=1764000000", { to: instant }],
    ["from=2026-11-24T03:00:00Z&to=2026-11-24T03:00:00Z", { to: "must be later than from" }],
    [
      "from=x&to=y&status=z&limit=0",
      { limit: "must be an integer from 1 to 100", status: expect.any(String), from: instant, to: instant },
    ],
  ])("%s: 400, and each at fault is named", async (query, faults) => {
    const { status, body } = await listed(`?${query}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: "parameters_invalid" });
    const named = (body.errors ?? []).map(({ parameter, detail }) => [parameter, detail]);
    expect(named).toHaveLength(Object.keys(faults).length);
    expect(Object.fromEntries(named)).toEqual(faults);
  });

  test.each(["0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2028-02-29T00:00:00Z"])(
    "%s is an instant",
    async (text) => expect((await listed(`?from=${text}`)).status).toBe(200),
  );
});

describe("a cursor", () => {
  /** A list of four with the cursor after its first two. */
  async function begun(query = "", as: object = asAdmin) {
    const ids: string[] = [];
    for (let each = 0; each < 4; each++) ids.unshift((await book()).appointmentId);
    const { body } = await listed(`?limit=2${query}`, as);
    return { ids, cursor: body.nextCursor ?? expect.unreachable() };
  }

  test("goes on where the page ended, also with another limit and on another environment", async () => {
    const { ids, cursor } = await begun();
    expect(idsOf(await listed(`?cursor=${cursor}`))).toEqual(ids.slice(2));
    expect(idsOf(await listed(`?limit=1&cursor=${cursor}`, asAdmin, appWith()))).toEqual(ids.slice(2, 3));
  });

  test("says nothing of what it holds", async () => {
    const { ids, cursor } = await begun();
    const bytes = Buffer.from(cursor, "base64url");
    for (const id of ids) expect(bytes.includes(Buffer.from(id.replaceAll("-", ""), "hex"))).toBe(false);
    expect(bytes.toString("latin1")).not.toContain(insuredId);
  });

  test("of another filter, insured or caller is refused", async () => {
    const as = claiming(claimsOf.partner("PE CL", "one"));
    const { cursor } = await begun("&status=pending", as);
    expect((await listed(`?status=pending&cursor=${cursor}`, as)).status).toBe(200);
    for (const query of [
      "",
      "&status=completed",
      "&status=pending&countryISO=PE",
      "&status=pending&from=2026-01-01T00:00:00Z",
    ]) {
      expect(await listed(`?cursor=${cursor}${query}`, as), query).toMatchObject(refusedCursor);
    }
    const query = `?status=pending&cursor=${cursor}`;
    expect(await listed(query, as, appWith(), "00042")).toMatchObject(refusedCursor);
    for (const other of [claiming(claimsOf.partner("PE CL", "two")), claiming(claimsOf.patient(insuredId)), asAdmin]) {
      expect(await listed(query, other)).toMatchObject(refusedCursor);
    }
  });

  test("with one bit changed is refused, whichever it is", async () => {
    const { cursor } = await begun();
    const bytes = Buffer.from(cursor, "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << (at % 8)), at);
      expect(await listed(`?cursor=${changed.toString("base64url")}`), `byte ${at}`).toMatchObject(refusedCursor);
    }
  });

  test("that is cut, spelled otherwise or made up is refused", async () => {
    const { cursor } = await begun();
    const texts = ["", "x", "%00", cursor.slice(0, -1), cursor.slice(1), `${cursor}=`, `${cursor}A`, `${cursor}%20`];
    for (const text of [...texts, randomBytes(44).toString("base64url"), "é"]) {
      expect(await listed(`?cursor=${text}`), text).toMatchObject(refusedCursor);
    }
  });

  test("is of no use once the secret is another: the list begins anew", async () => {
    const { cursor } = await begun();
    const renewed = appWith({ cursorSecret: "another-secret-of-tests-of-no-stage" });
    expect(await listed(`?cursor=${cursor}`, asAdmin, renewed)).toMatchObject(refusedCursor);
    expect((await listed("", asAdmin, renewed)).status).toBe(200);
  });

  test("is another one each time, and opens to the same", () => {
    const cursors = cursorsOf("a-secret-of-tests-and-of-no-stage");
    const list = { caller: operator, insuredId, filter: {} };
    const after = newId();
    const [one, other] = [cursors.seal(list, after), cursors.seal(list, after)];
    expect(one).not.toBe(other);
    expect([cursors.open(list, one), cursors.open(list, other)]).toEqual([after, after]);
  });
});
