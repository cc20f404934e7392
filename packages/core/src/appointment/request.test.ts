import { operator } from "@appointments/tests/kit/caller";
import { startTable } from "@appointments/tests/kit/emulator";
import { DeleteCommand, PutCommand, paginateScan, type ScanCommandInput } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../error.ts";
import { newId } from "../id.ts";
import type { Appointment, AppointmentRequest, Outcome } from "./appointment.ts";
import type { Caller } from "./caller.ts";
import { expiryOf } from "./erased.ts";
import { lease } from "./idempotency.ts";
import { get } from "./read.ts";
import { type Answered, saveOnce, saveRequest } from "./request.ts";
import { settle } from "./settle.ts";
import type { Table } from "./table.ts";

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

const wanted = (parts: Partial<AppointmentRequest> = {}): AppointmentRequest => ({
  insuredId,
  scheduleId: 100,
  countryISO: "PE",
  ...parts,
});

async function itemsWhere(attribute: string, value: string) {
  const input: ScanCommandInput = {
    TableName: table.name,
    FilterExpression: "#a = :v",
    ExpressionAttributeNames: { "#a": attribute },
    ExpressionAttributeValues: { ":v": value },
  };
  const items: Record<string, unknown>[] = [];
  for await (const { Items = [] } of paginateScan({ client: table.client }, input)) items.push(...Items);
  return items;
}

/** The table, where `happening` comes just before the n-th put; what it throws is what the put throws. */
function beforePut(n: number, happening: () => Promise<unknown>): Table {
  let puts = 0;
  const client = new Proxy(table.client, {
    get(target, property) {
      if (property !== "send") return Reflect.get(target, property);
      return async (command: Parameters<typeof target.send>[0]) => {
        if (command instanceof PutCommand && ++puts === n) await happening();
        return target.send(command);
      };
    },
  });
  return { client, name: table.name };
}

const die = async () => {
  throw new Error("the function died");
};

const outcomeOf = ({ status: _s, version: _v, ...booking }: Appointment, parts: Partial<Outcome> = {}): Outcome =>
  ({ ...booking, status: "completed", version: 2, updatedAt: "2026-11-24T04:00:00.000Z", ...parts }) as Outcome;

describe("request", () => {
  test("saves a pending appointment, placed in the index of those that wait", async () => {
    const made = await saveRequest(table, operator, wanted(), { clock: () => Date.parse("2026-11-24T03:00:00.000Z") });
    expect(await get(table, operator, made)).toEqual(made);
    expect(await itemsWhere("pk", insuredId)).toEqual([
      {
        pk: insuredId,
        sk: made.appointmentId,
        ...made,
        pendingShard: expect.stringMatching(/^PE#[0-3]$/),
        retryAt: "2026-11-24T03:01:00.000Z",
        publishAttempts: 0,
        expiresAt: expiryOf("PE", made.updatedAt),
        history: [
          {
            at: made.createdAt,
            cause: "requested",
            eventId: `${made.appointmentId}.requested`,
            status: "pending",
            scheduleId: 100,
            by: { kind: "operator" },
          },
        ],
      },
    ]);
  });

  test("without a key each request is an appointment of its own", async () => {
    const [one, other] = [await saveRequest(table, operator, wanted()), await saveRequest(table, operator, wanted())];
    expect(one.appointmentId).not.toBe(other.appointmentId);
  });
});

describe("an Idempotency-Key", () => {
  const key = () => `key-${insuredId}`;
  const afterLease = () => Date.now() + lease;

  test("makes a repeat answer the appointment of the first time, as it now is", async () => {
    const first = await saveRequest(table, operator, wanted(), { idempotencyKey: key() });
    await settle(table, outcomeOf(first));
    const again = await saveRequest(table, operator, wanted(), { idempotencyKey: key() });
    expect(again).toMatchObject({ appointmentId: first.appointmentId, status: "completed" });
    expect(await itemsWhere("pk", insuredId)).toHaveLength(1);
  });

  test("makes ten at once one appointment, made by one of them", async () => {
    const inProgress = (error: unknown) => error instanceof AppError && error.code === "request_in_progress";
    const persistent = (): Promise<Answered> =>
      saveOnce(table, operator, wanted(), { idempotencyKey: key() }).catch((error) => {
        if (!inProgress(error)) throw error;
        return persistent();
      });
    const all = await Promise.all(Array.from({ length: 10 }, persistent));
    expect(new Set(all.map(({ appointment }) => appointment.appointmentId)).size).toBe(1);
    expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await itemsWhere("pk", insuredId)).toHaveLength(1);
  });

  test("survives a crash between the key and the appointment: the repeat repairs it under the same id", async () => {
    await expect(saveRequest(beforePut(2, die), operator, wanted(), { idempotencyKey: key() })).rejects.toThrow();
    const [keyItem] = await itemsWhere("insuredId", insuredId);
    expect(await itemsWhere("pk", insuredId)).toEqual([]);
    const repaired = await saveOnce(table, operator, wanted(), { idempotencyKey: key(), clock: afterLease });
    expect(repaired).toMatchObject({ appointment: { appointmentId: keyItem?.appointmentId }, replayed: false });
    expect(await get(table, operator, repaired.appointment)).toEqual(repaired.appointment);
    expect(await saveOnce(table, operator, wanted(), { idempotencyKey: key() })).toEqual({
      ...repaired,
      replayed: true,
    });
  });

  test("refuses a repeat while the first may be at work, to the last millisecond, and nothing is written", async () => {
    const started = Date.parse("2026-11-24T03:00:00.000Z");
    const at = (ms: number) => ({ idempotencyKey: key(), clock: () => started + ms });
    await expect(saveOnce(beforePut(2, die), operator, wanted(), at(0))).rejects.toThrow();
    for (const ms of [0, lease - 1]) {
      const refused = saveOnce(table, operator, wanted(), at(ms));
      await expect(refused).rejects.toMatchObject({ code: "request_in_progress", retry: true });
    }
    expect(await itemsWhere("pk", insuredId)).toEqual([]);
    expect((await saveOnce(table, operator, wanted(), at(lease))).replayed).toBe(false);
  });

  test("of a release that kept no time of its claim is taken over at once", async () => {
    await expect(saveRequest(beforePut(2, die), operator, wanted(), { idempotencyKey: key() })).rejects.toThrow();
    const [{ claimedAt, ...earlier } = {}] = await itemsWhere("insuredId", insuredId);
    expect(claimedAt).toEqual(expect.any(Number));
    await table.client.send(new PutCommand({ TableName: table.name, Item: earlier }));
    const made = await saveRequest(table, operator, wanted(), { idempotencyKey: key() });
    expect(made.appointmentId).toBe(earlier.appointmentId);
  });

  test("never overwrites what another repeat wrote, and a country settled, meanwhile", async () => {
    const options = { idempotencyKey: key() };
    const quicker = async () =>
      settle(table, outcomeOf(await saveRequest(table, operator, wanted(), { ...options, clock: afterLease })));
    const slower = await saveRequest(beforePut(2, quicker), operator, wanted(), options);
    expect(slower).toMatchObject({ status: "completed" });
    expect(await get(table, operator, slower)).toEqual(slower);
  });

  test.each([{ scheduleId: 101 }, { countryISO: "CL" as const }, { insuredId: "99999" }])(
    "refuses another request under the same key: %j",
    async (different) => {
      await saveRequest(table, operator, wanted(), { idempotencyKey: key() });
      const reused = saveRequest(table, operator, wanted(different), { idempotencyKey: key() });
      await expect(reused).rejects.toMatchObject({ code: "idempotency_key_reused", retry: false });
    },
  );

  test("belongs to its caller: under another's it is another appointment", async () => {
    const own = { insuredId, scheduleId: 100, countryISO: "PE" } as const;
    const callers: Caller[] = [
      { kind: "operator", id: "one" },
      { kind: "operator", id: "other" },
      { kind: "partner", id: "one", countries: ["PE"] },
      { kind: "patient", id: "one", insuredId },
      { kind: "patient", id: "other", insuredId },
    ];
    const ask = async (caller: Caller) =>
      (await saveRequest(table, caller, own, { idempotencyKey: key() })).appointmentId;
    const first = await Promise.all(callers.map(ask));
    expect(new Set(first).size).toBe(callers.length);
    expect(await Promise.all(callers.map(ask))).toEqual(first);
  });

  test("is no other patient's, also when both have their client's id for want of a subject", async () => {
    const ask = (who: string) =>
      saveRequest(table, { kind: "patient", id: "client", insuredId: who }, wanted({ insuredId: who }), {
        idempotencyKey: key(),
      });
    expect([await ask(insuredId), await ask("99998")]).toMatchObject([{ insuredId }, { insuredId: "99998" }]);
  });

  test("is free again after 24 hours, also when DynamoDB has not removed it yet", async () => {
    const day = 24 * 60 * 60 * 1000;
    const first = await saveRequest(table, operator, wanted(), { idempotencyKey: key(), clock: () => 0 });
    const within = await saveRequest(table, operator, wanted(), { idempotencyKey: key(), clock: () => day - 1000 });
    expect(within.appointmentId).toBe(first.appointmentId);
    const after = await saveRequest(table, operator, wanted({ scheduleId: 7 }), {
      idempotencyKey: key(),
      clock: () => day,
    });
    expect(after.appointmentId).not.toBe(first.appointmentId);
  });

  test("that another takes and gives back each time is left after two tries", async () => {
    let tries = 0;
    const client = new Proxy(table.client, {
      get(target, property) {
        if (property !== "send") return Reflect.get(target, property);
        return async (command: Parameters<typeof target.send>[0]) => {
          if (!(command instanceof PutCommand)) return target.send(command);
          tries++;
          const { TableName, Item: { pk, sk } = {} } = command.input;
          await target.send(new PutCommand({ TableName, Item: { pk, sk, expiresAt: 2 ** 40 } }));
          try {
            return await target.send(command);
          } finally {
            await target.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
          }
        };
      },
    });
    const asked = saveRequest({ client, name: table.name }, operator, wanted(), { idempotencyKey: key() });
    await expect(asked).rejects.toMatchObject({ code: "table_unavailable", retry: true });
    expect(tries).toBe(2);
  });

  test("whose item is no key is our fault, not the client's", async () => {
    await saveRequest(table, operator, wanted(), { idempotencyKey: key() });
    const [{ pk, sk } = {}] = await itemsWhere("insuredId", insuredId).then((items) =>
      items.filter((item) => item.sk === "idempotency"),
    );
    await table.client.send(new PutCommand({ TableName: table.name, Item: { pk, sk, expiresAt: 2 ** 40 } }));
    const again = saveRequest(table, operator, wanted(), { idempotencyKey: key() });
    await expect(again).rejects.toMatchObject({ code: "internal", retry: true });
  });

  test("is stored as a hash, out of the insured's partition, with its end in epoch seconds", async () => {
    await saveRequest(table, operator, wanted(), { idempotencyKey: key(), clock: () => 5_000 });
    const items = await itemsWhere("sk", "idempotency");
    const item = items.find((each) => each.insuredId === insuredId);
    expect(item).toMatchObject({ pk: expect.stringMatching(/^idempotency#[0-9a-f]{64}$/), expiresAt: 5 + 24 * 3600 });
    expect(JSON.stringify(item)).not.toContain(key());
  });
});

describe("settle", () => {
  test("moves an appointment out of pending, and out of the index", async () => {
    const pending = await saveRequest(table, operator, wanted());
    expect(await settle(table, outcomeOf(pending))).toBe(true);
    expect(await get(table, operator, pending)).toEqual({
      ...pending,
      status: "completed",
      version: 2,
      updatedAt: "2026-11-24T04:00:00.000Z",
    });
    const settled = await get(table, operator, pending);
    const { history: _history, ...item } = (await itemsWhere("pk", insuredId))[0] ?? {};
    const expiresAt = expiryOf("PE", "2026-11-24T04:00:00.000Z");
    expect(item).toEqual({ pk: insuredId, sk: pending.appointmentId, ...settled, expiresAt });
  });

  test("keeps the reason of a rejection", async () => {
    const pending = await saveRequest(table, operator, wanted());
    await settle(table, outcomeOf(pending, { status: "rejected", reason: "schedule_taken" }));
    expect(await get(table, operator, pending)).toMatchObject({ status: "rejected", reason: "schedule_taken" });
  });

  test("confirmation arrives twice, or late with something else: nothing moves", async () => {
    const pending = await saveRequest(table, operator, wanted());
    await settle(table, outcomeOf(pending));
    const settled = await get(table, operator, pending);
    expect(await settle(table, outcomeOf(pending))).toBe(false);
    const late = outcomeOf(pending, { status: "rejected", reason: "schedule_taken", version: 9 });
    expect(await settle(table, late)).toBe(false);
    expect(await get(table, operator, pending)).toEqual(settled);
  });

  test("confirmation for an unknown appointment is an error for good, and makes no ghost", async () => {
    const unknown = { ...outcomeOf(await saveRequest(table, operator, wanted())), appointmentId: newId() };
    await expect(settle(table, unknown)).rejects.toMatchObject({ code: "appointment_unknown", retry: false });
    expect(await get(table, operator, unknown)).toBeUndefined();
    expect(await itemsWhere("pk", insuredId)).toHaveLength(1);
  });

  test.each([{ scheduleId: 999 }, { countryISO: "CL" as const }])(
    "an outcome of another slot or country changes nothing: %j",
    async (different) => {
      const pending = await saveRequest(table, operator, wanted());
      const settling = settle(table, outcomeOf(pending, different));
      await expect(settling).rejects.toMatchObject({ code: "appointment_mismatch", retry: false });
      expect(await get(table, operator, pending)).toEqual(pending);
    },
  );
});
