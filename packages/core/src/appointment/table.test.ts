import { operator } from "@appointments/tests/kit/caller";
import { startTable } from "@appointments/tests/kit/emulator";
import { GetCommand, QueryCommand, ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../id.ts";
import { saveChange } from "./alter.ts";
import { type Appointment, book } from "./appointment.ts";
import { keyOf, shardsOf, toPendingItem } from "./item.ts";
import { list } from "./list.ts";
import { findPending, get, scanAppointments } from "./read.ts";
import { saveRequest } from "./request.ts";
import type { Table } from "./table.ts";

let started: Awaited<ReturnType<typeof startTable>>;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started?.stop());

type Command = Parameters<Table["client"]["send"]>[0];

/** The table, with a look at each command just before it is sent. */
function watched(before: (command: Command) => unknown): Table {
  const client = new Proxy(started.table.client, {
    get(target, property) {
      if (property !== "send") return Reflect.get(target, property);
      return async (command: Command) => {
        await before(command);
        return target.send(command);
      };
    },
  });
  return { ...started.table, client };
}

const wanted = { insuredId: "00042", scheduleId: 7, countryISO: "CL" } as const;
const ask = () => saveRequest(started.table, operator, wanted);

describe("who was just answered 202 finds what was saved: a read is strongly consistent", () => {
  const sent: Command[] = [];
  const table = () => watched((command) => sent.push(command));

  test.each<[string, (table: Table) => Promise<unknown>, typeof GetCommand | typeof QueryCommand | typeof ScanCommand]>(
    [
      ["of one appointment", async (it) => get(it, operator, await ask()), GetCommand],
      ["of a list", (it) => list(it, operator, "00042", { limit: 5 }), QueryCommand],
      ["of the whole table", (it) => scanAppointments(it).next(), ScanCommand],
    ],
  )("%s", async (_, read, kind) => {
    sent.length = 0;
    await read(table());
    expect(sent.length).toBeGreaterThan(0);
    for (const command of sent) {
      expect(command).toBeInstanceOf(kind);
      expect(command.input).toMatchObject({ ConsistentRead: true });
    }
  });
});

describe("what waits", () => {
  test("lies in all shards of its country, so that no partition takes all writes", () => {
    const shards = Array.from({ length: 200 }, () => {
      const item = toPendingItem(book(wanted, newId(), "2026-11-24T03:00:00.000Z"), { kind: "operator" });
      return "pendingShard" in item ? item.pendingShard : undefined;
    });
    expect([...new Set(shards)].toSorted()).toEqual(shardsOf("CL").toSorted());
    expect(shardsOf("CL")).toEqual(["CL#0", "CL#1", "CL#2", "CL#3"]);
  });

  test("is found by its id on a later page of its shard, and looked for in every shard to its end", async () => {
    const made: Appointment[] = [];
    for (let count = 0; count < 12; count++) made.push(await ask());
    let pages = 0;
    const small = watched((command) => {
      if (!(command instanceof QueryCommand)) return;
      pages++;
      command.input.Limit = 1;
    });
    for (const appointment of made) {
      expect((await findPending(small, "CL", appointment.appointmentId))?.appointment).toEqual(appointment);
    }
    pages = 0;
    expect(await findPending(small, "CL", newId())).toBeUndefined();
    expect(pages).toBeGreaterThan(made.length);
  });
});

describe("a change that others are quicker than", () => {
  /** The table, where somebody else changes the appointment just before each of the first `times` updates. */
  async function contested(appointment: Appointment, times: number) {
    let updates = 0;
    const table = watched(async (command) => {
      if (!(command instanceof UpdateCommand) || ++updates > times) return;
      await started.table.client.send(
        new UpdateCommand({
          TableName: started.table.name,
          Key: keyOf(appointment),
          UpdateExpression: "ADD #version :one",
          ExpressionAttributeNames: { "#version": "version" },
          ExpressionAttributeValues: { ":one": 1 },
        }),
      );
    });
    return { table, updates: () => updates };
  }

  test("is saved in the fifth round", async () => {
    const made = await ask();
    const { table } = await contested(made, 4);
    expect(await saveChange(table, operator, made, { kind: "cancel" })).toMatchObject({ version: made.version + 5 });
  });

  test("is given up after five rounds, to be tried again by the client", async () => {
    const made = await ask();
    const { table, updates } = await contested(made, 99);
    await expect(saveChange(table, operator, made, { kind: "cancel" })).rejects.toMatchObject({
      code: "table_unavailable",
      retry: true,
    });
    expect(updates()).toBe(5);
    expect(await get(started.table, operator, made)).not.toHaveProperty("change");
  });
});
