import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { eraseFrom, steps } from "@appointments/ops/person/erase";
import { run } from "@appointments/ops/run";
import { localAddresses, openSite, type Site } from "@appointments/ops/site";
import { afterAll, beforeAll, expect, test } from "vitest";
import { insuredInLogsOf } from "../privacy/logs.ts";
import { peopleEverywhere, sendLate } from "../privacy/person.ts";
import { insuredInStoresOf } from "../privacy/stores.ts";
import { clientOf } from "./client.ts";
import { operatorOf } from "./operator.ts";
import { startTestSystem, type TestSystem } from "./system.ts";

/* A person exercises their rights, on the whole local system, while others book. */

let system: TestSystem;
let site: Site;
let api: ReturnType<typeof clientOf>;
let operator: ReturnType<typeof operatorOf>;
beforeAll(async () => {
  system = await startTestSystem();
  api = clientOf(system);
  operator = operatorOf(system);
  const local = await localAddresses(system.dataDir);
  if (!local) throw new Error("The system does not say where it is");
  site = openSite("a test", local.at, local.reach);
});
afterAll(async () => {
  await site?.close();
  operator?.close();
  await system?.remove();
});

async function ops(line: string) {
  const out: string[] = [];
  const note: string[] = [];
  const terminal = { out: (text: string) => out.push(text), note: (text: string) => note.push(text) };
  const code = await run([...line.split(" "), "--data", system.dataDir], terminal, {});
  return { code, out: out.join("\n"), note: note.join("\n") };
}

const inStores = (...insured: string[]) => insuredInStoresOf(system, new Set(insured));

async function drained(): Promise<void> {
  for (const queue of ["SQS_PE", "SQS_CL", "SQS_CONFIRMATION"]) await operator.drained(queue);
}

/** Others who book all the while. @returns how to end it, which says how many bookings were accepted. */
function startOthers() {
  let slot = 50_000_000;
  let stopping = false;
  const clients = ["00901", "00902", "00903"].map(async (insuredId, index) => {
    let accepted = 0;
    for (; !stopping; accepted++) {
      await api.book({ insuredId, scheduleId: ++slot, countryISO: index % 2 === 0 ? "PE" : "CL" });
    }
    return accepted;
  });
  return async () => {
    stopping = true;
    return (await Promise.all(clients)).reduce((sum, accepted) => sum + accepted, 0);
  };
}

test("an export holds all that the stores have of a person, and nothing of another", async () => {
  const [person] = await peopleEverywhere(system, ["00310"]);
  if (!person) throw new Error("Nobody is there");
  await api.book({ insuredId: "00311", scheduleId: 1, countryISO: "PE" });
  const file = join(system.dataDir, "export.json");
  expect(await ops(`person export 00310 --file ${file}`)).toMatchObject({ code: 0, out: "" });
  // Nobody else on this machine may read it.
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const all = JSON.parse(await readFile(file, "utf8"));
  const ids = [...person.completed, person.rejected, person.undecided].map(({ appointmentId }) => appointmentId);
  expect(all.appointments.map(({ sk }: { sk: string }) => sk).sort()).toEqual(ids.toSorted());
  expect(all.idempotencyKeys).toHaveLength(4);
  expect([all.rows.PE.length, all.rows.CL.length]).toEqual([2, 1]);
  expect(all.deadLetters.map(({ queue }: { queue: string }) => queue).sort()).toEqual([
    "SQS_CONFIRMATION_DLQ",
    "SQS_PE_DLQ",
  ]);
  expect(JSON.stringify(all)).not.toContain("00311");
  // A file that is there is somebody else's.
  expect((await ops(`person export 00310 --file ${file}`)).code).toBe(1);
});

test("who holds a slot is not erased until it is said what becomes of the slot", async () => {
  const refused = await ops("person erase 00310 --yes");
  expect(refused).toMatchObject({ code: 1, out: "", note: expect.stringContaining("3 appointments are live") });
  expect(await inStores("00310")).not.toEqual([]);
  expect((await ops("person erase 00310 --live keep")).code).toBe(2);
});

test("the slots of what took place stay held, and name nobody; a receipt counts, and names nobody", async () => {
  const held = await system.rows("PE", "insured_id = ? and status = 'completed'", ["00310"]);
  const { code, out, note } = await ops("person erase 00310 --live keep --yes --json");
  expect(code).toBe(0);
  expect(out + note).not.toContain("00310");
  expect(JSON.parse(out)).toMatchObject({
    erased: {
      appointments: 4,
      idempotencyKeys: 4,
      rows: { PE: 2, CL: 1 },
      slotsFreed: 0,
      deadLetters: { SQS_PE_DLQ: 1, SQS_CONFIRMATION_DLQ: 1 },
    },
    remains: expect.arrayContaining([{ where: "archive of the bus", until: expect.any(String) }]),
  });
  expect(await inStores("00310")).toEqual([]);
  for (const { id, schedule_id: scheduleId } of held) {
    expect(await system.rows("PE", "id = ?", [id])).toMatchObject([{ insured_id: "-----", status: "completed" }]);
    const other = await api.decided(await api.book({ insuredId: "00311", scheduleId, countryISO: "PE" }));
    expect(other).toMatchObject({ status: "rejected", reason: "schedule_taken" });
    expect(await ops(`appointment ${id}`)).toMatchObject({ code: 0, out: expect.stringContaining("was erased") });
  }
  expect(await (await api.get("/appointments/00310")).json()).toEqual({ items: [] });
  // Once more finds nothing, and says so.
  expect(JSON.parse((await ops("person erase 00310 --yes --json")).out).erased).toMatchObject({ appointments: 0 });
});

test("broken off at each step while others book, and repeated: nothing of the person is in any store, nor comes back", async () => {
  const insuredId = "00320";
  const [person] = await peopleEverywhere(system, [insuredId]);
  const [freed] = person?.completed ?? [];
  if (!person || !freed) throw new Error("Nobody holds a slot");
  const stopOthers = startOthers();
  for (const at of steps) {
    const crash = new Error("crash");
    const broken = eraseFrom(site, { insuredId, live: "cancel" }, (step) => {
      if (step === at) throw crash;
    });
    await expect(broken, at).rejects.toBe(crash);
    expect(await inStores(insuredId), `crashed at ${at}`).not.toEqual([]);
    // What is on its way may arrive at any of these moments.
    await sendLate(system, person);
  }
  expect(await ops(`person erase ${insuredId} --yes`)).toMatchObject({ code: 0 });
  await sendLate(system, person);
  expect(await stopOthers()).toBeGreaterThan(0);
  await drained();
  expect(await inStores(insuredId)).toEqual([]);
  for (const queue of ["SQS_PE_DLQ", "SQS_CL_DLQ", "SQS_CONFIRMATION_DLQ"]) {
    expect(await operator.depth(queue), queue).toBe(0);
  }
  expect(await ops("reconcile --grace 0")).toMatchObject({ code: 0, out: expect.stringContaining(" 0 differ") });

  // The slot is free again, and a booking after the erasure is one like any other.
  const { countryISO, scheduleId } = freed;
  const taken = await api.decided(await api.book({ insuredId, scheduleId, countryISO }));
  expect(taken.status).toBe("completed");
});

test("the functions that erase and look do as the command does in the database", async () => {
  const erase = system.functions.get("erasePe");
  await api.decided(await api.book({ insuredId: "00330", scheduleId: 2, countryISO: "PE" }));
  const asked = { ask: "erase", insuredId: "00330", live: "cancel", known: [] };
  expect(await erase?.invoke(asked)).toMatchObject({ ok: true, payload: { rows: 1, freed: 1 } });
  expect(await erase?.invoke(asked)).toMatchObject({ ok: true, payload: { rows: 0, freed: 0 } });
  expect(await erase?.invoke({ ask: "expire" })).toMatchObject({ ok: true, payload: { rows: 0 } });
  expect(await erase?.invoke({ ask: "drop" })).toMatchObject({ ok: false });
});

test("no insured person is in any log after all that", async () => {
  expect(await insuredInLogsOf(system, ["00310", "00320", "00330"])).toEqual([]);
});
