import { spawn } from "node:child_process";
import { once } from "node:events";
import { steps } from "@appointments/ops/person/erase";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf } from "../../integration/client.ts";
import { operatorOf } from "../../integration/operator.ts";
import { startTestSystem, type TestSystem } from "../../integration/system.ts";
import { insuredInLogsOf } from "../../privacy/logs.ts";
import { peopleEverywhere, sendLate } from "../../privacy/person.ts";
import { insuredInStoresOf } from "../../privacy/stores.ts";
import { root } from "../../repository.ts";
import { long } from "../results.ts";

const rounds = long ? 5 : 1;

let system: TestSystem;
beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system?.remove());

/** `npm run ops -- person erase` without npm; with SIGKILL as it names a step, when one is given. @returns its exit code, `null` when it was killed */
async function erase(insuredId: string, killedAt?: string): Promise<number | null> {
  const args = ["packages/ops/src/cli.ts", "person", "erase", insuredId, "--live", "cancel", "--yes"];
  const child = spawn(process.execPath, [...args, "--data", system.dataDir], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
    if (killedAt !== undefined && said.includes(`… ${killedAt}\n`)) child.kill("SIGKILL");
  });
  const [code] = await once(child, "exit");
  return code;
}

test(`killed at each of its steps, ${rounds} times, in the middle of load: nothing of the person is in any store`, {
  timeout: 900_000,
}, async () => {
  const operator = operatorOf(system);
  const api = clientOf(system);
  const insured = Array.from({ length: rounds * steps.length }, (_, index) => `01${String(index).padStart(3, "0")}`);
  const people = await peopleEverywhere(system, insured);
  let stopping = false;
  let slot = 60_000_000;
  const load = ["02001", "02002", "02003", "02004"].map(async (other) => {
    let accepted = 0;
    for (; !stopping; accepted++) {
      const countryISO = ++slot % 2 === 0 ? "PE" : "CL";
      await api.book({ insuredId: other, scheduleId: slot, countryISO }, { "idempotency-key": `${slot}` });
    }
    return accepted;
  });
  try {
    for (const [index, person] of people.entries()) {
      const step = steps[index % steps.length];
      expect(await erase(person.insuredId, step), step).toBeNull();
      await sendLate(system, person);
      expect(await erase(person.insuredId), step).toBe(0);
      await sendLate(system, person);
    }
  } finally {
    stopping = true;
  }
  const accepted = (await Promise.all(load)).reduce((sum, each) => sum + each, 0);
  for (const queue of ["SQS_PE", "SQS_CL", "SQS_CONFIRMATION"]) await operator.drained(queue);
  const found = await insuredInStoresOf(system, new Set(insured));
  console.log(
    `${people.length} people erased, each killed once; ${accepted} others booked; ${found.length} found again`,
  );
  expect(found).toEqual([]);
  expect(accepted).toBeGreaterThan(people.length);
  for (const queue of ["SQS_PE_DLQ", "SQS_CL_DLQ", "SQS_CONFIRMATION_DLQ"]) {
    expect(await operator.depth(queue), queue).toBe(0);
  }
  operator.close();
  expect(await insuredInLogsOf(system, insured)).toEqual([]);
});
